// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// migratedAnnotation, on Deployments, holds the image by which an external database is migrated, and the hash
// of the database. It is absent while that is not so: then one pod migrates it, and there are no others.
const migratedAnnotation = render.MigratedAnnotation

// A phase is that of an external database.
type phase int

const (
	// settled: the database is migrated; pods may come and go.
	settled phase = iota
	// stopping: no pod may run.
	stopping
	// migrating: one pod may run, after all others are gone.
	migrating
	// migratedNow: that pod is ready, which says that it has migrated the database.
	migratedNow
)

// migrationPhase returns the phase of a database that has to be migrated by the version. The live Deployment is
// nil if there is none; applied is the phase whose configuration it has, settled if that of neither stopping
// nor migrating. There may be more pods than the Deployment knows, of one that was deleted.
//
// Pods are stopped before the strategy changes: with pods of several templates and other replicas, Kubernetes'
// controller first scales, which it does not under the strategy Recreate, and then does nothing for ever. Under
// that strategy one pod of the latest template that is ready has nobody beside it. What is known is in the
// Deployment alone: a restart of the operator changes nothing. Open WebUI migrates while it is loaded, and
// answers only then.
//
// Source: open-webui/docs, docs/troubleshooting/multi-replica.mdx (Updates and Migrations): stop all
// replicas, let one instance migrate, then start the others; open-webui/open-webui,
// backend/open_webui/internal/db.py; kubernetes, pkg/controller/deployment/recreate.go and sync.go (scale).
func migrationPhase(version string, live *appsv1.Deployment, applied phase, pods int) phase {
	switch {
	case live == nil && pods == 0:
		return migrating
	case live == nil:
		return stopping
	case live.Labels[migratedAnnotation] == version:
		return settled
	case applied == migrating && runsOnePod(live) && pods <= 1:
		return migratedNow
	case applied == migrating || applied == stopping && runsNoPod(live) && pods == 0:
		return migrating
	default:
		return stopping
	}
}

// runsOnePod reports whether the Deployment's controller has observed the latest spec, and there is one pod,
// of the latest template and ready.
func runsOnePod(live *appsv1.Deployment) bool {
	s := live.Status
	return s.ObservedGeneration >= live.Generation && s.Replicas == 1 && s.UpdatedReplicas == 1 &&
		s.ReadyReplicas == 1 && s.AvailableReplicas == 1 && ptr.Deref(s.TerminatingReplicas, 0) == 0
}

// runsNoPod reports whether the Deployment's controller has observed the latest spec, and there are no pods.
func runsNoPod(live *appsv1.Deployment) bool {
	s := live.Status
	return s.ObservedGeneration >= live.Generation && s.Replicas == 0 && ptr.Deref(s.TerminatingReplicas, 0) == 0
}

// stopped returns the configuration as it is applied while stopping.
func stopped(config *applyappsv1.DeploymentApplyConfiguration) *applyappsv1.DeploymentApplyConfiguration {
	return staged(config, 0, applyappsv1.DeploymentStrategy().WithType(appsv1.RollingUpdateDeploymentStrategyType).
		// What the API server sets by default would stay, and is not allowed with Recreate.
		WithRollingUpdate(applyappsv1.RollingUpdateDeployment().
			WithMaxSurge(intstr.FromInt32(1)).WithMaxUnavailable(intstr.FromInt32(0))))
}

// single returns the configuration as it is applied while migrating.
func single(config *applyappsv1.DeploymentApplyConfiguration) *applyappsv1.DeploymentApplyConfiguration {
	return staged(config, 1, applyappsv1.DeploymentStrategy().WithType(appsv1.RecreateDeploymentStrategyType))
}

// staged returns the configuration with replicas and a strategy.
func staged(config *applyappsv1.DeploymentApplyConfiguration, replicas int32, strategy *applyappsv1.DeploymentStrategyApplyConfiguration) *applyappsv1.DeploymentApplyConfiguration {
	out, spec := *config, *config.Spec
	spec.Replicas, spec.Strategy = &replicas, strategy
	out.Spec = &spec
	return &out
}

// withoutReplicas returns the configuration as it remains applied when somebody else sets the replicas.
func withoutReplicas(config *applyappsv1.DeploymentApplyConfiguration) *applyappsv1.DeploymentApplyConfiguration {
	out, spec := *config, *config.Spec
	spec.Replicas = nil
	out.Spec = &spec
	return &out
}

// migrated returns the configuration with the version by which the database is migrated.
func migrated(config *applyappsv1.DeploymentApplyConfiguration, version string) *applyappsv1.DeploymentApplyConfiguration {
	out, meta := *config, *config.ObjectMetaApplyConfiguration
	meta.Annotations = maps.Clone(meta.Annotations)
	out.ObjectMetaApplyConfiguration = &meta
	return out.WithAnnotations(map[string]string{migratedAnnotation: version})
}

// stage changes the configuration of a Deployment to what is applied in the phase of its database. The live
// one may be nil. Replicas are an autoscaler's, if there is one, unless the database is migrated.
func (t *trackedObject) stage(key childKey, config *applyappsv1.DeploymentApplyConfiguration, live *appsv1.Deployment, state *bundleState) error {
	now := settled
	if state.version != "" {
		stages := map[phase]*applyappsv1.DeploymentApplyConfiguration{stopping: stopped(config), migrating: single(config)}
		applied, err := t.appliedStage(key, live, stages)
		if err != nil {
			return err
		}
		now = migrationPhase(state.version, live, applied, state.pods)
		if stage := stages[now]; stage != nil {
			*config = *stage
			return nil
		}
		*config = *migrated(config, state.version)
	}
	if now == settled && live != nil && state.autoscaled {
		preserveReplicas(config, live)
	}
	return nil
}

// appliedStage returns the phase whose configuration the live Deployment has, settled if it has none of them. Replicas
// that somebody else has set, such as the minimum of an autoscaler, do not change the phase: they are applied again.
func (t *trackedObject) appliedStage(key childKey, live *appsv1.Deployment, stages map[phase]*applyappsv1.DeploymentApplyConfiguration) (phase, error) {
	if live == nil {
		return settled, nil
	}
	for _, stage := range []phase{stopping, migrating} {
		for _, config := range []*applyappsv1.DeploymentApplyConfiguration{stages[stage], withoutReplicas(stages[stage])} {
			encoded, err := render.Fingerprint(config)
			if err != nil || t.isApplied(key, live, encoded) {
				return stage, err
			}
		}
	}
	return settled, nil
}

// isMigrating reports whether the database of a component, whose live Deployment this is, is being migrated.
func isMigrating(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName, live client.Object) bool {
	c, found := d.Spec.Component(component)
	return found && c.Database() != nil && live.GetLabels()[migratedAnnotation] == ""
}
