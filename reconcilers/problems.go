// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// conflictRetry is the interval at which a name conflict, or a claim that the user provides, is
// checked. Objects that are not ours are not watched, so no event reports that one was deleted.
const conflictRetry = 30 * time.Second

// failureGracePeriod is how long transient failures are retried before the status reports them.
const failureGracePeriod = 2 * time.Minute

// A conflictError reports that an object that is not ours has the name of a child.
type conflictError struct {
	kind string
	name string
	// owner is the kind that the child would belong to.
	owner string
}

func (e *conflictError) Error() string {
	return fmt.Sprintf("%s %q exists and does not belong to this %s; delete or rename it, or choose another name", e.kind, e.name, e.owner)
}

// A predecessorError reports a child of an earlier object of the same name, which the garbage
// collector will delete.
type predecessorError struct {
	kind string
	name string
}

func (e *predecessorError) Error() string {
	return fmt.Sprintf("%s %q is waiting to be deleted with an earlier object of the same name", e.kind, e.name)
}

// A notShareableError reports that several pods would use a claim that only one can mount.
type notShareableError struct {
	component v1alpha1.ComponentName
	claim     string
	replicas  int32
}

func (e *notShareableError) Error() string {
	return fmt.Sprintf("PersistentVolumeClaim %q can be used by one pod at a time, and %s has %d replicas; "+
		"set the replicas to 1, or delete the claim with its data, or choose another name", e.claim, e.component, e.replicas)
}

// An existingNotShareableError reports that several pods would use a claim of the user's that only one
// can mount.
type existingNotShareableError struct {
	component v1alpha1.ComponentName
	claim     string
	replicas  int32
}

func (e *existingNotShareableError) Error() string {
	return fmt.Sprintf("PersistentVolumeClaim %q is not ReadWriteMany, and %s has %d replicas; "+
		"set the replicas to 1, or %[2]s.storage.existingClaim to a claim that is", e.claim, e.component, e.replicas)
}

// An accessModesError reports that a claim exists without the access mode by which the pods would
// share it during a rollout.
type accessModesError struct {
	component v1alpha1.ComponentName
	claim     string
}

func (e *accessModesError) Error() string {
	return fmt.Sprintf("PersistentVolumeClaim %q exists and is not ReadWriteMany as %s.storage.accessModes says; "+
		"remove accessModes, or delete the claim with its data, or choose another name", e.claim, e.component)
}

// A notAllowedError reports a field that admission rejects under the operator's flags.
type notAllowedError struct {
	path string
	// why says what does not allow the field, and stored when else it may have been stored
	// than while the webhooks were unavailable.
	why, stored string
}

// withoutFlag returns an error about a field that only the flag would allow.
func withoutFlag(path, flag string) error {
	return &notAllowedError{path, "without the operator's flag " + flag, "the flag was set"}
}

// byFlag returns an error about a field that the flag's list does not include.
func byFlag(path, flag string) error {
	return &notAllowedError{path, "by the operator's flag " + flag, "before the flag was set"}
}

func (e *notAllowedError) Error() string {
	return fmt.Sprintf("%s is not allowed %s; it was stored while the webhooks were away, or %s", e.path, e.why, e.stored)
}

// A failingError wraps transient errors that have lasted longer than failureGracePeriod.
type failingError struct{ err error }

func (e *failingError) Error() string { return e.err.Error() + "; it is still tried" }

// Unwrap implements errors.Unwrap.
func (e *failingError) Unwrap() error { return e.err }

// flatten returns the errors joined in err.
func flatten(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, flatten(one)...)
	}
	return all
}

// problemReasons lists the reasons that the status reports at once, most important first.
var problemReasons = []struct {
	reason string
	is     func(error) bool
}{
	{v1alpha1.ReasonNotAdmitted, func(err error) bool { return errors.Is(err, errNotAdmitted) }},
	{v1alpha1.ReasonPaused, is[*pausedError]},
	{v1alpha1.ReasonNotAllowed, is[*notAllowedError]},
	{v1alpha1.ReasonNameConflict, is[*conflictError]},
	{v1alpha1.ReasonClaimNotShareable, func(err error) bool {
		return is[*notShareableError](err) || is[*existingNotShareableError](err) || is[*accessModesError](err)
	}},
	{v1alpha1.ReasonTrustNotUsable, isUnusable(v1alpha1.ReasonTrustNotUsable)},
	{v1alpha1.ReasonIdentityNotUsable, isUnusable(v1alpha1.ReasonIdentityNotUsable)},
	{v1alpha1.ReasonDatabaseNotUsable, isUnusable(v1alpha1.ReasonDatabaseNotUsable)},
	{v1alpha1.ReasonRedisNotUsable, isUnusable(v1alpha1.ReasonRedisNotUsable)},
	{v1alpha1.ReasonApplyFailed, func(err error) bool { return is[*failingError](err) || isRefused(err) }},
}

// is reports whether err wraps an error of the type.
func is[E error](err error) bool {
	var found E
	return errors.As(err, &found)
}

// problemReason returns the condition reason for a problem, empty if it is not reported at once.
func problemReason(problem error) string {
	for _, known := range problemReasons {
		if known.is(problem) {
			return known.reason
		}
	}
	return ""
}

// statusProblem returns the problem as the status reports it, on one line, or nil if there is none.
func statusProblem(problem error) *status.Problem {
	if problem == nil {
		return nil
	}
	return &status.Problem{Reason: problemReason(problem), Message: strings.ReplaceAll(problem.Error(), "\n", "; ")}
}

// A finding holds the classified outcome of applying the children.
type finding struct {
	// problem is reported in the status; nil if there is none.
	problem error
	// failed holds transient errors; nil if there are none.
	failed error
	// queued are the components whose restart waits for its turn.
	queued []v1alpha1.ComponentName
	// ending reports whether the namespace is being deleted.
	ending bool
	// retry is the delay until the next attempt if nothing failed; zero to wait for an event.
	retry time.Duration
}

// judge classifies the errors. Transient errors and children left by an earlier object become a
// problem only after failureGracePeriod; leftover children are then checked less often.
func (t *trackedObject) judge(err error, now time.Time) finding {
	var problems, failed, left []error
	all, held := heldIn(flatten(err))
	all, queued := queuedIn(all)
	f := finding{retry: t.untilRetry(now), queued: queued}
	if len(held) > 0 {
		problems = append(problems, &pausedError{held})
	}
	for _, one := range all {
		switch {
		case isNamespaceEnding(one):
			f.ending = true
		case is[*predecessorError](one):
			left = append(left, one)
		case problemReason(one) != "":
			problems = append(problems, one)
			if is[*conflictError](one) || is[*existingNotShareableError](one) || is[*referenceError](one) {
				f.retry = sooner(f.retry, conflictRetry)
			}
		default:
			failed = append(failed, one)
		}
	}
	if waiting := slices.Concat(failed, left); t.isFailingForLong(len(waiting) > 0, now) {
		problems = append(problems, &failingError{errors.Join(waiting...)})
		if len(left) > 0 {
			f.retry = sooner(f.retry, conflictRetry)
		}
	} else if len(left) > 0 {
		f.retry = statusDebounce
	}
	f.problem, f.failed = errors.Join(problems...), errors.Join(failed...)
	return f
}

// isFailingForLong reports whether every attempt has failed for at least failureGracePeriod.
func (t *trackedObject) isFailingForLong(fails bool, now time.Time) bool {
	switch {
	case !fails:
		t.failing = time.Time{}
	case t.failing.IsZero():
		t.failing = now
	}
	return fails && now.Sub(t.failing) >= failureGracePeriod
}

// result returns either when to try again or the error, never both: the queue counts failures and
// increases its backoff. A conflict, or a child that exists already, is not a failure: the child is
// read again once the cache has caught up.
func (f finding) result() (ctrl.Result, error) {
	switch {
	case f.failed == nil:
		return ctrl.Result{RequeueAfter: f.retry}, nil
	case !slices.ContainsFunc(flatten(f.failed), func(err error) bool { return !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) }):
		return ctrl.Result{RequeueAfter: statusDebounce}, nil
	default:
		return ctrl.Result{}, &briefError{f.failed}
	}
}
