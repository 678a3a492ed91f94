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

// conflictRetry is the time between two looks at a name conflict. No event says that an
// object that is not ours goes away.
const conflictRetry = 30 * time.Second

// failureGracePeriod is how long transient failures are retried before the status reports them.
const failureGracePeriod = 2 * time.Minute

// A conflictError says that an object which is not ours has the name of a child.
type conflictError struct {
	kind string
	name string
	// owner is the kind of the object whose child it would be.
	owner string
}

func (e *conflictError) Error() string {
	return fmt.Sprintf("%s %q exists and does not belong to this %s; delete or rename it, or choose another name", e.kind, e.name, e.owner)
}

// A predecessorError says that a child of an earlier object of the same name is
// still there. It goes by itself.
type predecessorError struct {
	kind string
	name string
}

func (e *predecessorError) Error() string {
	return fmt.Sprintf("%s %q is waiting to be deleted with an earlier object of the same name", e.kind, e.name)
}

// A notShareableError says that a claim for one pod is there for several.
type notShareableError struct {
	component v1alpha1.ComponentName
	claim     string
	replicas  int32
}

func (e *notShareableError) Error() string {
	return fmt.Sprintf("PersistentVolumeClaim %q can be used by one pod at a time, and %s has %d replicas; "+
		"set the replicas to 1, or delete the claim with its data, or choose another name", e.claim, e.component, e.replicas)
}

// A notAllowedError says that the spec has what admission refuses, as the operator
// is run.
type notAllowedError struct {
	path string
	// why is what does not allow it, and stored when it may have been stored other than
	// while the webhooks were away.
	why, stored string
}

// withoutFlag returns an error about what a flag would allow.
func withoutFlag(path, flag string) error {
	return &notAllowedError{path, "without the operator's flag " + flag, "the flag was set"}
}

// byFlag returns an error about what a flag leaves out of what it allows.
func byFlag(path, flag string) error {
	return &notAllowedError{path, "by the operator's flag " + flag, "before the flag was set"}
}

func (e *notAllowedError) Error() string {
	return fmt.Sprintf("%s is not allowed %s; it was stored while the webhooks were away, or %s", e.path, e.why, e.stored)
}

// A failingError wraps errors that may go away by themselves, and have not for long.
type failingError struct{ err error }

func (e *failingError) Error() string { return e.err.Error() + "; it is still tried" }

// Unwrap implements errors.Unwrap.
func (e *failingError) Unwrap() error { return e.err }

// flatten returns the errors that were joined to err.
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

// problemReasons are the reasons of what a user is told at once, the weightiest first.
var problemReasons = []struct {
	reason string
	is     func(error) bool
}{
	{v1alpha1.ReasonNotAdmitted, func(err error) bool { return errors.Is(err, errNotAdmitted) }},
	{v1alpha1.ReasonNotAllowed, is[*notAllowedError]},
	{v1alpha1.ReasonNameConflict, is[*conflictError]},
	{v1alpha1.ReasonClaimNotShareable, is[*notShareableError]},
	{v1alpha1.ReasonApplyFailed, func(err error) bool { return is[*failingError](err) || isRefused(err) }},
}

// is reports whether an error of the type is in err.
func is[E error](err error) bool {
	var found E
	return errors.As(err, &found)
}

// problemReason returns the reason for what keeps children from being as they should be;
// empty if it is nothing that a user is told at once.
func problemReason(problem error) string {
	for _, known := range problemReasons {
		if known.is(problem) {
			return known.reason
		}
	}
	return ""
}

// statusProblem returns the problem as the status reports it, on one line; nil if there is none.
func statusProblem(problem error) *status.Problem {
	if problem == nil {
		return nil
	}
	return &status.Problem{Reason: problemReason(problem), Message: strings.ReplaceAll(problem.Error(), "\n", "; ")}
}

// A finding is the sorted outcome of applying the children.
type finding struct {
	// problem is what a user has to know; nil if nothing.
	problem error
	// failed is what may go away by itself; nil if nothing.
	failed error
	// ending reports whether the namespace is being deleted.
	ending bool
	// retry is when to try again where nothing failed; zero if an event will tell.
	retry time.Duration
}

// judge sorts the errors. What may go away by itself is a problem only after a while, as is
// what an earlier object has left, which is then looked at less often.
func (t *trackedObject) judge(err error, now time.Time) finding {
	var problems, failed, left []error
	f := finding{retry: t.untilRetry(now)}
	for _, one := range flatten(err) {
		switch {
		case isNamespaceEnding(one):
			f.ending = true
		case is[*predecessorError](one):
			left = append(left, one)
		case problemReason(one) != "":
			problems = append(problems, one)
			if is[*conflictError](one) && (f.retry == 0 || f.retry > conflictRetry) {
				f.retry = conflictRetry
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

// isFailingForLong reports whether something has failed each time for so long that it is reported.
func (t *trackedObject) isFailingForLong(fails bool, now time.Time) bool {
	switch {
	case !fails:
		t.failing = time.Time{}
	case t.failing.IsZero():
		t.failing = now
	}
	return fails && now.Sub(t.failing) >= failureGracePeriod
}

// result returns when to try again, or what failed, but never both: the queue counts
// failures, and pauses for longer after each. That a child has changed or was created since
// it was read is no failure: it is read again, once the cache knows.
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
