package reconcilers

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Which errors a user is told of, and when it is tried again.
func TestProblems(t *testing.T) {
	t.Parallel()
	pods := schema.GroupResource{Resource: "pods"}
	ending := apierrors.NewForbidden(pods, "x", errors.New("ending"))
	ending.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	taken := &conflictError{"Service", "x", "OllamaDeployment"}
	old := &predecessorError{"Service", "x"}
	conflict := fmt.Errorf("applying: %w", apierrors.NewConflict(pods, "x", errors.New("changed")))
	forbidden := fmt.Errorf("applying: %w", apierrors.NewForbidden(pods, "x", errors.New("quota")))
	for name, tc := range map[string]struct {
		err   error
		told  error
		after time.Duration
		retry error
	}{
		"nothing":                         {},
		"not admitted":                    {err: errNotAdmitted, told: errNotAdmitted},
		"a name is taken":                 {err: taken, told: taken, after: conflictRetry},
		"an earlier object's child":       {err: old, after: settle},
		"both":                            {err: errors.Join(old, taken), told: taken, after: settle},
		"both, the other way round":       {err: errors.Join(taken, old), told: taken, after: settle},
		"a conflict":                      {err: conflict, retry: conflict},
		"too many requests":               {err: apierrors.NewTooManyRequests("slow", 1), retry: apierrors.NewTooManyRequests("slow", 1)},
		"a lost connection":               {err: errors.New("EOF"), retry: errors.New("EOF")},
		"refused":                         {err: forbidden, told: forbidden, retry: forbidden},
		"the namespace ends":              {err: fmt.Errorf("applying: %w", ending)},
		"a name is taken, and a conflict": {err: errors.Join(taken, errors.Join(conflict)), told: taken, after: conflictRetry, retry: conflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, text(tc.told), text(problemIn(tc.err)))
			result, err := next(tc.err)
			assert.Equal(t, tc.after, result.RequeueAfter)
			assert.Equal(t, text(tc.retry), text(err))
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
