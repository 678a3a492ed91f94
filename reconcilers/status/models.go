// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// ObservedModels is what is known of the models in an object's Ollama pods.
type ObservedModels struct {
	// Pods that run, by name.
	Pods []ModelPod
	// Latest are the digests that models have in their registries, by ModelName.ListedKey.
	Latest map[string]string
	// Gone are the models of the status that were removed from the list so long ago that no pod
	// will pull them, and that no pod has, by ModelName.ListedKey.
	Gone []string
	// Refreshed is the last value of the annotation AnnotationRefreshModels for which every
	// pod has pulled all models again.
	Refreshed string
}

// A ModelPod is what is known of the models in a running pod of Ollama.
type ModelPod struct {
	Name string
	// Generation is that of the spec that the pod was last asked for. Of models that were listed later it is not
	// known whether the pod has them.
	Generation int64
	// Unreachable is why Ollama could not be asked, "" if it was.
	Unreachable string
	// IsStarting reports whether it could not be asked because it has only just started.
	IsStarting bool
	// Models are those that the pod has of those that are or were listed, by ModelName.ListedKey.
	Models map[string]PodModel
	// Lacks are those that were listed when the pod was asked, and that it did not have.
	Lacks map[string]bool
	// Pulls are those that the operator has tried, by ModelName.ListedKey. They are pointers because most pods pull one
	// model, and a map has room for eight.
	Pulls map[string]*PodPull
}

// pull returns what is known of pulling a model, which is nothing if the operator has not tried.
func (p ModelPod) pull(key string) PodPull { return ptr.Deref(p.Pulls[key], PodPull{}) }

// A PodModel is a model as Ollama lists it.
type PodModel struct {
	Name       string
	Digest     string
	Size       int64
	ModifiedAt time.Time
}

// A PodPull is the state of pulling a model in one pod.
type PodPull struct {
	// Running reports whether the model is being pulled.
	Running bool
	// IsUpdate reports whether the pod had the model when the last attempt began.
	IsUpdate bool
	// WasMissing reports whether the pod lacked the model before an attempt last succeeded, at the time Pulled.
	WasMissing bool
	Pulled     time.Time
	// Completed and Total are bytes; Total is 0 as long as it is not known.
	Completed, Total int64
	// Failure is why the last attempt failed, "" if it did not.
	Failure string
}

// isKnown reports whether it is known which models the pod has.
func (p ModelPod) isKnown() bool { return p.Unreachable == "" && !p.IsStarting }

// isKnownToLack reports whether the pod lacks a listed model. It may have got one that was listed, perhaps
// again, after it was asked.
func (p ModelPod) isKnownToLack(key string, generation int64, isNew bool) bool {
	_, tried := p.Pulls[key]
	return p.Lacks[key] && (tried || !isNew || p.Generation >= generation)
}

// modelStatuses returns the state of all listed models, in the order of the list. As long as nothing
// is known of the pods, models retain the state that the status has.
func modelStatuses(d *v1alpha1.OllamaDeployment, seen *ObservedModels, now metav1.Time) []v1alpha1.ModelStatus {
	before := map[string]v1alpha1.ModelStatus{}
	for _, removed := range d.Status.RemovedModels {
		before[removed.Name.Name().ListedKey()] = v1alpha1.ModelStatus{ListedAt: removed.ListedAt, LastPulled: cmp.Or(removed.LastPulled, &removed.RemovedAt).DeepCopy()}
	}
	for _, m := range d.Status.Models {
		before[m.Name.Name().ListedKey()] = *m.DeepCopy()
	}
	out := make([]v1alpha1.ModelStatus, 0, len(d.Spec.Ollama.Models))
	for _, name := range d.Spec.Ollama.Models {
		m := before[name.Name().ListedKey()]
		m.Name = name
		if m.ListedAt == nil {
			m.ListedAt = now.DeepCopy()
		}
		if m.Phase == "" {
			m.Phase = v1alpha1.ModelPending
		}
		if seen != nil {
			seen.update(&m, d.Generation)
		}
		out = append(out, m)
	}
	return out
}

// modelsReady returns how many models are pulled and how many are listed, as "2/3".
func modelsReady(models []v1alpha1.ModelStatus) string {
	pulled := 0
	for _, m := range models {
		if m.Phase == v1alpha1.ModelPulled {
			pulled++
		}
	}
	return fmt.Sprintf("%d/%d", pulled, len(models))
}

// update updates the state of a model that is listed in a generation of the spec by what is known of the
// pods. A model whose pods all cannot be reached retains its state.
func (o *ObservedModels) update(m *v1alpha1.ModelStatus, generation int64) {
	key, wasLacking := m.Name.Name().ListedKey(), m.IsMissing()
	isNew := m.Pods == "" && m.Digest == ""
	var having, lacking []*ModelPod
	for i := range o.Pods {
		pod := &o.Pods[i]
		if !pod.isKnown() {
			continue
		}
		if _, has := pod.Models[key]; has {
			having = append(having, pod)
		} else if pod.isKnownToLack(key, generation, isNew) {
			lacking = append(lacking, pod)
		}
	}
	switch {
	case len(o.Pods) == 0 && m.IsMissing():
		// Pods of before may have gone on to pull it to their volume.
	case len(having) > 0 || len(lacking) == len(o.Pods) && len(lacking) > 0:
		m.Pods = fmt.Sprintf("%d/%d", len(having), len(o.Pods))
	case (len(lacking) > 0 || len(o.Pods) == 0) && !m.IsMissing():
		m.Pods = "" // one that is not known may have it
	}
	m.Progress, m.Message = "", ""
	if len(having) > 0 {
		before := m.Digest
		describe(m, having, key, wasLacking, len(having)+len(lacking) == len(o.Pods))
		if m.Digest != before {
			m.UpdateAvailable = nil
		}
		if latest := o.Latest[key]; latest != "" {
			m.UpdateAvailable = ptr.To(slices.ContainsFunc(having, func(pod *ModelPod) bool { return pod.Models[key].Digest != latest }))
		}
	}
	switch known := len(having) + len(lacking); {
	case len(lacking) == 0 && slices.ContainsFunc(o.Pods, func(pod ModelPod) bool { return pod.Unreachable != "" }):
		if m.Phase != v1alpha1.ModelPulled {
			m.Phase = v1alpha1.ModelPending // whatever was known of a pull
		}
	case known == 0 || slices.ContainsFunc(o.Pods, func(pod ModelPod) bool { return pod.IsStarting }):
		m.Phase = v1alpha1.ModelPending
	case len(lacking) > 0:
		if len(lacking) == len(o.Pods) {
			// What is pulled now is another copy, whatever was known of the last one.
			m.Digest, m.Size, m.LastPulled, m.UpdateAvailable = "", nil, nil, nil
		}
		describeMissing(m, lacking, key)
	case known == len(o.Pods):
		m.Phase = v1alpha1.ModelPulled
	}
}

// describe sets what is known of a model from the pods that have it. wasLacking means that no pod had it before,
// and allKnown that no other pod may have it.
func describe(m *v1alpha1.ModelStatus, pods []*ModelPod, key string, wasLacking, allKnown bool) {
	isNew := m.Digest == "" && (wasLacking || allKnown) && !slices.ContainsFunc(pods, func(pod *ModelPod) bool {
		pull := pod.pull(key)
		return pod.Models[key].ModifiedAt.Before(m.ListedAt.Time) || pull.IsUpdate && !pull.WasMissing && !wasLacking
	})
	has := pods[0].Models[key]
	m.Digest = Clean(has.Digest, maxDigest)
	m.Size = sizeOf(has.Size)
	if failures := pullFailures(pods, key, func(pull PodPull) bool { return pull.IsUpdate }); failures != "" {
		m.Message = Clean("the update failed: "+failures, maxForeign)
	}
	for _, pod := range pods {
		at := pulledForList(m, pod.Models[key], pod.pull(key), isNew).Truncate(time.Second)
		if !at.IsZero() && (m.LastPulled == nil || m.LastPulled.Time.Before(at)) {
			m.LastPulled = ptr.To(metav1.NewTime(at))
		}
	}
}

// pulledForList returns when a pod last pulled a model for the list, the zero time if it did not, or if
// that is not known. isNew means that all copies are new, and younger than the list. A model that was there
// before it was listed does not become one of the list when it is updated.
func pulledForList(m *v1alpha1.ModelStatus, has PodModel, pull PodPull, isNew bool) time.Time {
	switch {
	case m.LastPulled != nil || pull.WasMissing:
		return pull.Pulled
	case isNew:
		return has.ModifiedAt
	default:
		return time.Time{}
	}
}

// sizeOf returns a number of bytes in megabytes, rounded up.
func sizeOf(bytes int64) *resource.Quantity {
	const megabyte = 1_000_000
	megabytes := max(bytes, 0) / megabyte
	if bytes > megabytes*megabyte {
		megabytes++
	}
	return resource.NewScaledQuantity(megabytes, resource.Mega)
}

// percentOf returns how much of a pull is complete, at most 99: it has not ended.
func percentOf(pull PodPull) int64 {
	return min(max(int64(100*float64(pull.Completed)/float64(pull.Total)), 0), 99)
}

// maxDigest is the length of a SHA-256 digest with its prefix "sha256:".
const maxDigest = 71

// describeMissing sets the phase of a model that some pods lack.
func describeMissing(m *v1alpha1.ModelStatus, pods []*ModelPod, key string) {
	m.Phase, m.Message = v1alpha1.ModelPending, ""
	least := int64(-1)
	for _, pod := range pods {
		pull := pod.pull(key)
		if pull.Running {
			m.Phase = v1alpha1.ModelPulling
		}
		if pull.Running && pull.Total > 0 && !isFailing(pull) {
			m.Size = sizeOf(pull.Total)
			if percent := percentOf(pull); least < 0 || percent < least {
				least = percent
			}
		}
	}
	if least >= 0 {
		m.Progress = fmt.Sprintf("%d%%", least)
	}
	if failures := pullFailures(pods, key, isFailing); failures != "" {
		m.Phase = v1alpha1.ModelFailed
		m.Message = Clean(failures, maxForeign)
	}
}

// isFailing reports whether the last attempt failed, and the next has not come further.
func isFailing(pull PodPull) bool {
	return pull.Failure != "" && (!pull.Running || pull.Completed == 0)
}

// pullFailures describes the attempts that failed, of those that count, with the pods that they failed in.
func pullFailures(pods []*ModelPod, key string, counts func(PodPull) bool) string {
	failing := map[string][]string{}
	for _, pod := range pods {
		if pull := pod.pull(key); pull.Failure != "" && counts(pull) {
			failing[pull.Failure] = append(failing[pull.Failure], pod.Name)
		}
	}
	messages := make([]string, 0, len(failing))
	for _, failure := range slices.Sorted(maps.Keys(failing)) {
		messages = append(messages, fmt.Sprintf("%s (%s)", failure, podNames(failing[failure])))
	}
	return strings.Join(messages, "; ")
}
