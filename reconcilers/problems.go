package reconcilers

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
)

// conflictRetry is how long a name conflict is left alone. Nobody tells when an
// object that is not ours goes away.
const conflictRetry = 30 * time.Second

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

// leaves are the errors that were joined to err.
func leaves(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, leaves(one)...)
	}
	return all
}

// problemIn is what of an error a user has to know: names that are taken, and what
// the API server refuses. The rest is tried again and goes away by itself. It is
// nil if nothing remains.
func problemIn(err error) error {
	var kept []error
	for _, one := range leaves(err) {
		var conflict *conflictError
		if errors.Is(one, errNotAdmitted) || errors.As(one, &conflict) || isRefused(one) {
			kept = append(kept, one)
		}
	}
	return errors.Join(kept...)
}

// isRefused tells whether the API server has refused something that it would refuse
// once more.
func isRefused(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || isNamespaceEnding(err) {
		return false
	}
	switch status.Status().Code {
	case http.StatusNotFound, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	default:
		return true
	}
}

// isNamespaceEnding tells whether something could not be created because its
// namespace is being deleted, as the object itself is about to be.
func isNamespaceEnding(err error) bool {
	return apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}

// next is when to try again after an error of materialise.
func next(err error) (ctrl.Result, error) {
	var result ctrl.Result
	var unexpected []error
	for _, one := range leaves(err) {
		var conflict *conflictError
		var predecessor *predecessorError
		switch {
		case errors.Is(one, errNotAdmitted): // the next change passes admission
		case isNamespaceEnding(one):
		case errors.As(one, &conflict) && result.RequeueAfter == 0:
			result.RequeueAfter = conflictRetry
		case errors.As(one, &conflict):
		case errors.As(one, &predecessor):
			result.RequeueAfter = settle
		default:
			unexpected = append(unexpected, one)
		}
	}
	return result, errors.Join(unexpected...)
}
