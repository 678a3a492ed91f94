// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// While one pod migrates the database, the object is not ready, whatever the Deployment says, which has one
// replica then. The status counts those that are wanted.
func TestMigrating(t *testing.T) {
	t.Parallel()
	const image = "ghcr.io/open-webui/open-webui:v2"
	unseen := deployment(3, 3, 3)
	unseen.Generation = 2
	for name, tc := range map[string]struct {
		webUI    *appsv1.Deployment
		replicas int32
		leaving  int
		ready    string
		want     string
		reason   string
	}{
		"old pods end": {
			deployment(3, 0, 3), 3, 0, "4/4", "openwebui stops all pods, then one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonMigratingDatabase,
		},
		"not noticed yet": {
			unseen, 3, 0, "4/4", "openwebui stops all pods, then one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonMigratingDatabase,
		},
		"pods of a deleted Deployment": {
			deployment(0, 0, 0), 3, 2, "1/4", "openwebui waits until 2 pods are gone, then one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonMigratingDatabase,
		},
		"no pod yet": {
			deployment(0, 0, 0), 3, 0, "1/4", "openwebui has no pods, and first one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonMigratingDatabase,
		},
		"one pod starts": {
			deployment(1, 1, 0), 3, 0, "1/4", "openwebui has stopped all other pods, and one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonMigratingDatabase,
		},
		"one pod of one": {
			deployment(1, 1, 1), 1, 0, "2/2", "openwebui has stopped all other pods, and one pod of " + image + " migrates the database",
			v1alpha1.ReasonMigratingDatabase,
		},
		"one pod that does not start": {
			deployment(1, 1, 0, deploymentCondition(appsv1.DeploymentProgressing, "False", "ProgressDeadlineExceeded", "late.")), 3, 0, "1/4",
			"openwebui has stopped all other pods, and one pod of " + image + " migrates the database; the other 2 start after it",
			v1alpha1.ReasonProgressDeadlineExceeded,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, generation: 7}
spec: {ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, imageTag: v2, database: {urlSecretRef: {name: a}}}}
`))
			d.Spec.OpenWebUI.Replicas = &tc.replicas
			o := seen(deployment(1, 1, 1), nil)
			o.Deployments[v1alpha1.ComponentOpenWebUI] = tc.webUI
			o.Leaving = map[v1alpha1.ComponentName]int{v1alpha1.ComponentOpenWebUI: tc.leaving}
			o.Migrating = map[v1alpha1.ComponentName]bool{v1alpha1.ComponentOpenWebUI: true}
			got := Compute(d, o, nil, now)
			assert.Equal(t, tc.ready, got.Ready)
			assert.Equal(t, v1alpha1.PhaseProgressing, got.Phase)
			ready, progressing := meta.FindStatusCondition(got.Conditions, "Ready"), meta.FindStatusCondition(got.Conditions, "Progressing")
			assert.Equal(t, "False ReplicasNotReady "+tc.want, string(ready.Status)+" "+ready.Reason+" "+ready.Message)
			assert.Equal(t, tc.reason, progressing.Reason)
			if tc.reason == v1alpha1.ReasonMigratingDatabase {
				assert.Equal(t, tc.want, progressing.Message)
			}
		})
	}
}
