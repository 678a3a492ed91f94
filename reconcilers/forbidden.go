// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// notAllowed returns an error if the component's spec has something that admission rejects under
// the operator's flags. It may be stored anyway: while the webhooks were unavailable, or before the
// flags were set. entranceNotAllowed checks the Ingress and the HTTPRoute.
func (o Options) notAllowed(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) error {
	c, found := d.Spec.Component(component)
	if !found {
		return nil
	}
	if pod := c.Pod(); pod != nil {
		if pod.ServiceAccountName != nil && !o.AllowServiceAccounts {
			return withoutFlag(c.Path()+".pod.serviceAccountName", "--allow-service-accounts")
		}
		if !o.AllowPrivilegedPods && len(v1alpha1.BeyondBaseline(pod.SecurityContext)) > 0 {
			return withoutFlag(c.Path()+".pod.securityContext", "--allow-privileged-pods")
		}
		if key := unconfined(pod.Annotations); key != "" && !o.AllowPrivilegedPods {
			return withoutFlag(fmt.Sprintf("%s.pod.annotations[%s]", c.Path(), key), "--allow-privileged-pods")
		}
	}
	for i := range c.Volumes() {
		volume, path := &c.Volumes()[i], fmt.Sprintf("%s.volumes[%d]", c.Path(), i)
		if volume.HostPath != nil && !o.AllowHostPath {
			return withoutFlag(path+".hostPath", "--allow-host-path")
		}
		if volume.Projected == nil {
			continue
		}
		for j := range volume.Projected.Sources {
			if name := identity(&volume.Projected.Sources[j]); name != "" {
				return &notAllowedError{fmt.Sprintf("%s.projected.sources[%d].%s", path, j, name), "in a volume", "by an earlier version"}
			}
		}
	}
	return nil
}

// unconfined returns the key of an annotation that exceeds the Pod Security level baseline, empty if there is
// none.
//
// Source: k8s.io/pod-security-admission, policy/check_appArmorProfile.go.
func unconfined(annotations map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if strings.HasPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix) && annotations[key] == corev1.DeprecatedAppArmorBetaProfileNameUnconfined {
			return key
		}
	}
	return ""
}

// identity returns the field of the source that gives pods a credential of their ServiceAccount,
// empty if there is none.
func identity(source *corev1.VolumeProjection) string {
	switch {
	case source.ServiceAccountToken != nil:
		return "serviceAccountToken"
	case source.PodCertificate != nil:
		return "podCertificate"
	default:
		return ""
	}
}

// ingressNotAllowed returns an error if the operator's flags do not allow the component's ingress.
// An Ingress without a host matches all hosts.
func (o Options) ingressNotAllowed(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) error {
	c, _ := d.Spec.Component(component)
	ingress, path := c.Ingress(), c.Path()+".ingress"
	if ingress == nil {
		return nil
	}
	if !o.AllowedIngressHosts.Allows(ingress.Host) {
		return byFlag(path+".host", "--allowed-ingress-hosts")
	}
	if ingress.TLS != nil {
		for i, host := range ingress.TLS.Hosts {
			if !o.AllowedIngressHosts.Allows(host) {
				return byFlag(fmt.Sprintf("%s.tls.hosts[%d]", path, i), "--allowed-ingress-hosts")
			}
		}
	}
	return o.annotationNotAllowed(ingress.Annotations, path)
}

// routeNotAllowed returns an error if the operator's flags do not allow the component's route. An HTTPRoute
// without hostnames has all of its listeners.
func (o Options) routeNotAllowed(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) error {
	c, _ := d.Spec.Component(component)
	route, path := c.Route(), c.Path()+".route"
	if route == nil {
		return nil
	}
	if len(route.Hostnames) == 0 && !o.AllowedIngressHosts.Allows("") {
		return byFlag(path+".hostnames", "--allowed-ingress-hosts")
	}
	for i, host := range route.Hostnames {
		if !o.AllowedIngressHosts.Allows(host) {
			return byFlag(fmt.Sprintf("%s.hostnames[%d]", path, i), "--allowed-ingress-hosts")
		}
	}
	return o.annotationNotAllowed(route.Annotations, path)
}

// annotationNotAllowed returns an error if the operator's flags do not allow an annotation of what is at the path.
func (o Options) annotationNotAllowed(annotations map[string]string, path string) error {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if !o.AllowedIngressAnnotations.Allows(key) {
			return byFlag(fmt.Sprintf("%s.annotations[%s]", path, key), "--allowed-ingress-annotations")
		}
	}
	return nil
}

// entranceNotAllowed returns an error if the operator's flags do not allow a child of the kind, by which the
// component is reached from outside the cluster.
func (o Options) entranceNotAllowed(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName, kind schema.GroupVersionKind) error {
	switch kind {
	case render.KindIngress:
		return o.ingressNotAllowed(d, component)
	case render.KindHTTPRoute:
		return o.routeNotAllowed(d, component)
	default:
		return nil
	}
}
