package reconcilers

import (
	"errors"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// maxMessage is the most bytes that a condition's message may have.
//
// Source: k8s.io/apimachinery, metav1.Condition (MaxLength of message).
const maxMessage = 32768

// errNotAdmitted says that a spec was stored without passing the webhooks.
var errNotAdmitted = errors.New("the spec was stored without passing the operator's webhooks and lacks its defaults; " +
	"nothing is changed for it; apply it once more, or any change of its spec, while the operator runs")

// computeStatus is the status of d: what was observed, and what kept the children
// from being as they should be. The old conditions are looked at only for when
// they last changed; now is when they change.
func computeStatus(d *v1alpha1.OllamaDeployment, seen observed, problem error, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	status := v1alpha1.OllamaDeploymentStatus{
		ObservedGeneration: d.Generation,
		Conditions:         d.DeepCopy().Status.Conditions,
		Selector:           labels.SelectorFromSet(v1alpha1.SelectorLabels(d.Name, v1alpha1.ComponentOllama)).String(),
	}
	var waiting []string
	for _, c := range enabledComponents(d) {
		deployment := seen[c.component]
		*c.status(&status) = componentStatus(deployment)
		ready := min(readyReplicas(deployment), c.replicas)
		status.ReadyReplicas += ready
		status.TotalReplicas += c.replicas
		if !rolledOut(deployment, c.replicas) {
			waiting = append(waiting, fmt.Sprintf("%s has %d of %d pods ready and up to date",
				c.component, min(ready, updatedReplicas(deployment)), c.replicas))
		}
	}
	status.Ready = fmt.Sprintf("%d/%d", status.ReadyReplicas, status.TotalReplicas)
	ready := readyCondition(waiting, problem)
	status.Phase = phase(status.ReadyReplicas, ready.Status)
	ready.ObservedGeneration = d.Generation
	ready.LastTransitionTime = now
	meta.SetStatusCondition(&status.Conditions, ready)
	return status
}

// phase is Ready exactly when the condition is.
func phase(ready int32, condition metav1.ConditionStatus) v1alpha1.Phase {
	switch {
	case condition == metav1.ConditionTrue:
		return v1alpha1.PhaseReady
	case ready > 0:
		return v1alpha1.PhaseProgressing
	default:
		return v1alpha1.PhasePending
	}
}

func readyCondition(waiting []string, problem error) metav1.Condition {
	condition := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse}
	var conflict *conflictError
	switch {
	case errors.Is(problem, errNotAdmitted):
		condition.Reason, condition.Message = v1alpha1.ReasonNotAdmitted, problem.Error()
	case errors.As(problem, &conflict):
		condition.Reason, condition.Message = v1alpha1.ReasonNameConflict, problem.Error()
	case problem != nil:
		condition.Reason, condition.Message = v1alpha1.ReasonApplyFailed, problem.Error()
	case len(waiting) > 0:
		condition.Reason, condition.Message = v1alpha1.ReasonReplicasNotReady, strings.Join(waiting, "; ")
	default:
		condition.Status = metav1.ConditionTrue
		condition.Reason, condition.Message = v1alpha1.ReasonAllReplicasReady, "all pods are ready"
	}
	condition.Message = condition.Message[:min(len(condition.Message), maxMessage)]
	return condition
}

// An enabledComponent is one whose pods count.
type enabledComponent struct {
	component v1alpha1.Component
	replicas  int32
	status    func(*v1alpha1.OllamaDeploymentStatus) **v1alpha1.DeploymentComponentStatus
}

func enabledComponents(d *v1alpha1.OllamaDeployment) []enabledComponent {
	out := []enabledComponent{{
		v1alpha1.ComponentOllama, replicas(d.Spec.Ollama.Replicas),
		func(s *v1alpha1.OllamaDeploymentStatus) **v1alpha1.DeploymentComponentStatus { return &s.OllamaStatus },
	}}
	if ui := d.Spec.OpenWebUI; ui.IsEnabled() {
		out = append(out, enabledComponent{
			v1alpha1.ComponentOpenWebUI, replicas(ui.Replicas),
			func(s *v1alpha1.OllamaDeploymentStatus) **v1alpha1.DeploymentComponentStatus {
				return &s.OpenWebUIStatus
			},
		})
	}
	if tabby := d.Spec.Tabby; tabby.IsEnabled() {
		out = append(out, enabledComponent{
			v1alpha1.ComponentTabby, replicas(tabby.Replicas),
			func(s *v1alpha1.OllamaDeploymentStatus) **v1alpha1.DeploymentComponentStatus { return &s.TabbyStatus },
		})
	}
	return out
}

// replicas is what an object that was never admitted lacks.
func replicas(wanted *int32) int32 {
	if wanted == nil {
		return 0
	}
	return *wanted
}

func componentStatus(deployment *appsv1.Deployment) *v1alpha1.DeploymentComponentStatus {
	if deployment == nil {
		return &v1alpha1.DeploymentComponentStatus{}
	}
	status := &v1alpha1.DeploymentComponentStatus{
		AvailableReplicas: deployment.Status.AvailableReplicas,
		ReadyReplicas:     deployment.Status.ReadyReplicas,
		UpdatedReplicas:   deployment.Status.UpdatedReplicas,
	}
	for _, condition := range deployment.Status.Conditions {
		status.Conditions = append(status.Conditions, metav1.Condition{
			Type:               string(condition.Type),
			Status:             metav1.ConditionStatus(condition.Status),
			Reason:             condition.Reason,
			Message:            condition.Message,
			LastTransitionTime: condition.LastTransitionTime,
			ObservedGeneration: deployment.Status.ObservedGeneration,
		})
	}
	return status
}

// rolledOut tells whether the Deployment's controller has seen its latest spec and
// every pod runs it and is ready.
func rolledOut(deployment *appsv1.Deployment, wanted int32) bool {
	return deployment != nil &&
		deployment.Status.ObservedGeneration >= deployment.Generation &&
		deployment.Status.AvailableReplicas >= wanted &&
		deployment.Status.Replicas == deployment.Status.UpdatedReplicas
}

func readyReplicas(deployment *appsv1.Deployment) int32 {
	if deployment == nil {
		return 0
	}
	return deployment.Status.ReadyReplicas
}

func updatedReplicas(deployment *appsv1.Deployment) int32 {
	if deployment == nil {
		return 0
	}
	return deployment.Status.UpdatedReplicas
}
