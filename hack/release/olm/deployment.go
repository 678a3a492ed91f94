// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package olm

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The Operator Lifecycle Manager mounts the certificate that it has issued for the webhooks here.
const certificates = "/tmp/k8s-webhook-server/serving-certs"

const certificateFlag = "--webhook-cert-dir="

// deploymentOf returns the operator's Deployment as the install strategy has it, with the certificate of the Operator
// Lifecycle Manager in place of cert-manager's.
func deploymentOf(objects []unstructured.Unstructured) (map[string]any, error) {
	at := slices.IndexFunc(objects, func(object unstructured.Unstructured) bool { return object.GetKind() == "Deployment" })
	if at < 0 {
		return nil, errors.New("the manifests have no Deployment")
	}
	var deployment appsv1.Deployment
	if err := convert(objects[at].Object, &deployment); err != nil {
		return nil, err
	}
	pod := &deployment.Spec.Template.Spec
	if len(pod.Containers) != 1 {
		return nil, errors.New("the Deployment must have one container")
	}
	container := &pod.Containers[0]
	flag := slices.IndexFunc(container.Args, func(arg string) bool { return strings.HasPrefix(arg, certificateFlag) })
	if flag < 0 {
		return nil, fmt.Errorf("the manager must have the flag %s", certificateFlag)
	}
	mounted := strings.TrimPrefix(container.Args[flag], certificateFlag)
	container.Args[flag] = certificateFlag + certificates
	for _, mount := range container.VolumeMounts {
		if mount.MountPath == mounted {
			pod.Volumes = slices.DeleteFunc(pod.Volumes, func(volume corev1.Volume) bool { return volume.Name == mount.Name })
		}
	}
	container.VolumeMounts = slices.DeleteFunc(container.VolumeMounts, func(mount corev1.VolumeMount) bool { return mount.MountPath == mounted })

	var spec map[string]any
	if err := convert(deployment.Spec, &spec); err != nil {
		return nil, err
	}
	return map[string]any{"name": deployment.Name, "label": deployment.Labels, "spec": spec}, nil
}
