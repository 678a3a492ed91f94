package v1alpha1

// Condition types of an OllamaDeployment.
const (
	// ConditionReady is True when every pod of every enabled component is ready
	// and runs what the spec says.
	ConditionReady = "Ready"
	// ConditionProgressing is True while a rollout is on its way.
	ConditionProgressing = "Progressing"
	// ConditionDegraded is True when something keeps a pod from becoming ready and
	// will not go away by waiting alone.
	ConditionDegraded = "Degraded"
	// ConditionModelsPulled is True when every Ollama pod has all models.
	ConditionModelsPulled = "ModelsPulled"
)

// Reasons of ConditionReady.
const (
	// ReasonAllReplicasReady: every pod is ready.
	ReasonAllReplicasReady = "AllReplicasReady"
	// ReasonReplicasNotReady: some pods are not ready yet, or run an older template.
	ReasonReplicasNotReady = "ReplicasNotReady"
	// ReasonNameConflict: an object that is not ours has the name of a child.
	ReasonNameConflict = "NameConflict"
	// ReasonNotAdmitted: the spec was stored without passing the operator's
	// webhooks and is not fully defaulted.
	ReasonNotAdmitted = "NotAdmitted"
	// ReasonApplyFailed: the API server did not take a child.
	ReasonApplyFailed = "ApplyFailed"
)
