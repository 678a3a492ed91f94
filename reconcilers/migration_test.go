// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/internal/render"
)

// onePod is the status of a Deployment with one ready pod.
func onePod(change func(*appsv1.DeploymentStatus)) appsv1.DeploymentStatus {
	s := appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1, AvailableReplicas: 1}
	change(&s)
	return s
}

// The database is migrated when the one pod of the latest spec is ready, and nobody is left beside it.
func TestMigrationPhase(t *testing.T) {
	t.Parallel()
	same := func(*appsv1.DeploymentStatus) {}
	for name, tc := range map[string]struct {
		version  string
		migrated string
		status   appsv1.DeploymentStatus
		applied  phase
		pods     int
		want     phase
	}{
		"migrated":                            {"a", "a", onePod(same), settled, 1, settled},
		"migrated, while nothing is ready":    {"a", "a", appsv1.DeploymentStatus{}, settled, 1, settled},
		"another image":                       {"b", "a", onePod(same), settled, 1, stopping},
		"another image, by chance as applied": {"b", "a", onePod(same), migrating, 1, migratedNow},
		"the pod is ready":                    {"a", "", onePod(same), migrating, 1, migratedNow},
		"none is left":                        {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.TerminatingReplicas = new(int32(0)) }), migrating, 1, migratedNow},
		"not applied yet":                     {"a", "", onePod(same), settled, 1, stopping},
		"not observed yet":                    {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.ObservedGeneration = 1 }), migrating, 1, migrating},
		"one of an older template":            {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.UpdatedReplicas = 0 }), migrating, 1, migrating},
		"not ready":                           {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.ReadyReplicas, s.AvailableReplicas = 0, 0 }), migrating, 1, migrating},
		"not available":                       {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.AvailableReplicas = 0 }), migrating, 1, migrating},
		"two pods":                            {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.Replicas = 2 }), migrating, 1, migrating},
		"one that ends":                       {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.TerminatingReplicas = new(int32(1)) }), migrating, 1, migrating},
		"beside one of before":                {"a", "", onePod(same), migrating, 2, migrating},
		"stopping":                            {"a", "", onePod(same), stopping, 1, stopping},
		"stopped":                             {"a", "", appsv1.DeploymentStatus{ObservedGeneration: 2}, stopping, 0, migrating},
		"stopped, beside one of before":       {"a", "", appsv1.DeploymentStatus{ObservedGeneration: 2}, stopping, 1, stopping},
		"stopped, one ends":                   {"a", "", appsv1.DeploymentStatus{ObservedGeneration: 2, TerminatingReplicas: new(int32(1))}, stopping, 0, stopping},
		"stopping is not observed":            {"a", "", appsv1.DeploymentStatus{ObservedGeneration: 1}, stopping, 0, stopping},
		"no pod":                              {"a", "", onePod(func(s *appsv1.DeploymentStatus) { s.Replicas = 0 }), migrating, 1, migrating},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Generation: 2, Labels: map[string]string{migratedAnnotation: tc.migrated}}, Status: tc.status}
			assert.Equal(t, tc.want, migrationPhase(tc.version, live, tc.applied, tc.pods))
		})
	}
	assert.Equal(t, migrating, migrationPhase("a", nil, settled, 0), "the first start")
	assert.Equal(t, stopping, migrationPhase("a", nil, settled, 1), "beside pods of a Deployment that was deleted")
}

// An autoscaler that adds pods while one migrates does not have that one stopped.
func TestStageOutlivesAutoscaler(t *testing.T) {
	t.Parallel()
	config := func() *applyappsv1.DeploymentApplyConfiguration {
		return applyappsv1.Deployment("a", "b").WithSpec(applyappsv1.DeploymentSpec().WithReplicas(3))
	}
	for name, tc := range map[string]struct {
		applied *applyappsv1.DeploymentApplyConfiguration
		want    int32
	}{
		"migrating":                 {single(config()), 1},
		"migrating, and autoscaled": {withoutReplicas(single(config())), 1},
		"stopping, and scaled":      {withoutReplicas(stopped(config())), 0},
		"settled":                   {config(), 0},
		"settled, and autoscaled":   {withoutReplicas(config()), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			encoded, err := render.Fingerprint(tc.applied)
			require.NoError(t, err)
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{appliedLabel: encoded}}, Spec: appsv1.DeploymentSpec{Replicas: new(int32(2))}}
			now := config()
			require.NoError(t, (&trackedObject{}).stage(childKey{kind: render.KindDeployment}, now, live, &bundleState{version: "v1", autoscaled: true, pods: 2}))
			assert.Equal(t, tc.want, *now.Spec.Replicas)
		})
	}
}

// A simulated pod of a simulated Deployment.
type simulatedPod struct {
	template, version string
	ready, ending     bool
}

// A simulation has what an object wants, its Deployment as the API server stores it, and the pods that
// a controller and kubelets make of it. All act in any order.
type simulation struct {
	t      *testing.T
	random *rand.Rand
	log    []string

	// What is wanted: the version is that of the image and the database, and settings are the rest of the template.
	version, settings string
	replicas          int32
	autoscaled        bool

	tracked trackedObject
	live    *appsv1.Deployment
	applied *applyappsv1.DeploymentApplyConfiguration
	// strategy, template and templateVersion are those of the stored Deployment.
	strategy appsv1.DeploymentStrategyType
	// desired is how many replicas its controller has scaled it to.
	desired                   int32
	template, templateVersion string
	pods                      []simulatedPod
	// migratedBy is the version whose pod was the last to start alone.
	migratedBy string
}

// reconcile applies what is wanted, as apply does.
func (s *simulation) reconcile() {
	template := applycorev1.PodTemplateSpec().WithAnnotations(map[string]string{"version": s.version, "settings": s.settings})
	config := applyappsv1.Deployment("a", "b").WithSpec(applyappsv1.DeploymentSpec().
		WithReplicas(s.replicas).WithTemplate(template).
		WithStrategy(applyappsv1.DeploymentStrategy().WithType(appsv1.RollingUpdateDeploymentStrategyType).
			WithRollingUpdate(applyappsv1.RollingUpdateDeployment().WithMaxSurge(intstr.FromInt32(1)))))
	require.NoError(s.t, s.tracked.stage(childKey{kind: render.KindDeployment}, config, s.live, &bundleState{version: s.version, autoscaled: s.autoscaled, pods: len(s.pods)}))
	encoded, err := render.Fingerprint(config)
	require.NoError(s.t, err)
	if s.live != nil && s.live.Labels[appliedLabel] == encoded {
		return
	}
	if s.live == nil {
		s.live = &appsv1.Deployment{}
	}
	s.applied, s.strategy = config, *config.Spec.Strategy.Type
	s.live.Generation++
	if config.Spec.Replicas != nil {
		s.live.Spec.Replicas = config.Spec.Replicas
	}
	s.template, s.templateVersion = s.version+s.settings, s.version
	s.live.Labels = map[string]string{appliedLabel: encoded, migratedAnnotation: config.Annotations[migratedAnnotation]}
	if config.Spec.Replicas != nil {
		s.live.Labels[replicasLabel] = "applied"
	}
}

// autoscale sets the replicas as an autoscaler does, unless the database is migrated: what it adds then, the
// operator removes, and until that nobody can promise anything.
func (s *simulation) autoscale() {
	if s.live == nil || !s.autoscaled || s.live.Labels[migratedAnnotation] == "" {
		return
	}
	s.live.Spec.Replicas = new(1 + s.random.Int32N(4))
	s.live.Generation++
	delete(s.live.Labels, replicasLabel)
	s.live.Labels[appliedLabel] = "without replicas"
}

// count returns how many pods there are that match.
func (s *simulation) count(match func(simulatedPod) bool) int32 {
	n := int32(0)
	for _, pod := range s.pods {
		if match(pod) {
			n++
		}
	}
	return n
}

// end ends up to n pods that match.
func (s *simulation) end(n int32, match func(simulatedPod) bool) {
	for i := range s.pods {
		if n > 0 && !s.pods[i].ending && match(s.pods[i]) {
			s.pods[i].ending, s.pods[i].ready = true, false
			n--
		}
	}
}

func (s *simulation) isOld(pod simulatedPod) bool  { return pod.template != s.template }
func (s *simulation) isNew(pod simulatedPod) bool  { return pod.template == s.template }
func isRunning(pod simulatedPod) bool              { return !pod.ending }
func (s *simulation) isNewRun(p simulatedPod) bool { return s.isNew(p) && isRunning(p) }

// control does what the Deployment's controller does: with Recreate it waits until the pods of other
// templates are gone, else it rolls with one pod more.
//
// Source: kubernetes, pkg/controller/deployment/recreate.go and rolling.go.
func (s *simulation) control() {
	if s.live == nil {
		return
	}
	replicas := *s.live.Spec.Replicas
	if s.desired != replicas && s.severalRun() && s.strategy == appsv1.RecreateDeploymentStrategyType {
		s.report() // it wants to scale them, and cannot
		return
	}
	s.desired = replicas
	if replicas == 0 {
		s.end(100, isRunning)
		s.report()
		return
	}
	if s.strategy == appsv1.RecreateDeploymentStrategyType {
		s.end(100, s.isOld)
		if s.count(s.isOld) > 0 {
			s.report()
			return
		}
		s.scale(replicas)
	} else {
		running := s.count(isRunning)
		s.scale(min(replicas, s.count(s.isNewRun)+max(0, replicas+1-running)))
		ready := s.count(func(p simulatedPod) bool { return p.ready })
		s.end(max(0, ready-replicas), s.isOld)
	}
	s.report()
}

// severalRun reports whether pods of several templates run.
func (s *simulation) severalRun() bool {
	return slices.ContainsFunc(s.pods, func(p simulatedPod) bool { return isRunning(p) && s.isOld(p) }) &&
		slices.ContainsFunc(s.pods, s.isNewRun)
}

// remove deletes the Deployment, and its pods end.
func (s *simulation) remove() {
	s.live = nil
	s.end(100, isRunning)
}

// scale makes so many pods of the latest template.
func (s *simulation) scale(replicas int32) {
	has := s.count(s.isNewRun)
	s.end(has-replicas, s.isNew)
	for range replicas - has {
		s.pods = append(s.pods, simulatedPod{template: s.template, version: s.templateVersion})
	}
}

// report updates the status. Pods that end are only known to some versions of Kubernetes.
func (s *simulation) report() {
	ready := s.count(func(p simulatedPod) bool { return p.ready })
	s.live.Status = appsv1.DeploymentStatus{
		ObservedGeneration: s.live.Generation, Replicas: s.count(isRunning), UpdatedReplicas: s.count(s.isNewRun),
		ReadyReplicas: ready, AvailableReplicas: ready,
	}
	if s.random.IntN(2) == 0 {
		s.live.Status.TerminatingReplicas = new(s.count(func(p simulatedPod) bool { return !isRunning(p) }))
	}
}

// run starts or removes one pod, as a kubelet does. Some images never get ready.
func (s *simulation) run() {
	if len(s.pods) == 0 {
		return
	}
	i := s.random.IntN(len(s.pods))
	pod := &s.pods[i]
	switch {
	case pod.ending:
		s.pods = slices.Delete(s.pods, i, i+1)
	case strings.HasPrefix(pod.version, "broken"):
	default:
		pod.ready = true
		if s.count(isRunning) == 1 {
			s.migratedBy = pod.version
		}
	}
}

// change changes what is wanted.
func (s *simulation) change() {
	switch s.random.IntN(7) {
	case 0, 1:
		s.version = []string{"v1 x", "v2 x", "v2 y", "broken x"}[s.random.IntN(4)]
	case 2:
		s.settings = strconv.Itoa(s.random.IntN(3))
	case 3:
		s.replicas = 1 + s.random.Int32N(4)
	case 4:
		s.autoscaled = s.random.IntN(2) == 0
	case 5:
		s.tracked = trackedObject{} // the operator restarts
	case 6:
		s.remove()
	}
}

// check fails if two versions run, or several pods of one that has not migrated the database alone. Pods of one
// template do not wait until another is gone that was told to end, as when it is evicted.
func (s *simulation) check() {
	for _, pod := range s.pods {
		require.Equal(s.t, s.pods[0].version, pod.version, "two versions run: %v", s.log)
	}
	if s.count(isRunning) > 1 {
		require.Equal(s.t, s.migratedBy, s.pods[0].version, "several pods migrate: %v", s.log)
	}
}

// Whatever is changed, whenever it is reconciled and however long pods take: never do two versions run, and
// never do several pods of one start before one has been ready alone. In the end there are as many as wanted.
func TestMigrationNeverOverlaps(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a failure has to happen again
		s := &simulation{t: t, random: random, version: "v1 x", replicas: 3, tracked: trackedObject{}}
		steps := []struct {
			name string
			do   func()
		}{{"change", s.change}, {"reconcile", s.reconcile}, {"control", s.control}, {"control", s.control}, {"run", s.run}, {"run", s.run}, {"autoscale", s.autoscale}}
		for range 80 {
			step := steps[s.random.IntN(len(steps))]
			step.do()
			s.log = append(s.log, fmt.Sprintf("%s %q %d %v", step.name, s.version, s.replicas, s.pods))
			s.check()
		}
		s.version, s.autoscaled = "v2 x", false
		for range 100 {
			s.reconcile()
			s.control()
			s.run()
			s.check()
		}
		require.Len(t, s.pods, int(s.replicas), "the end of %d: %v", seed, s.log)
		require.Equal(t, appsv1.RollingUpdateDeploymentStrategyType, s.strategy)
		require.Equal(t, s.version, s.live.Labels[migratedAnnotation])
	}
}
