package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/authenticatorfactory"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	authenticationv1 "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationv1 "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// Bounds of the API server's answers about who reads the metrics, as in
// controller-runtime.
const (
	reviewTimeout     = 10 * time.Second
	authenticationTTL = time.Minute
	allowedTTL        = 5 * time.Minute
	deniedTTL         = 30 * time.Second
)

var reviewBackoff = wait.Backoff{Duration: 500 * time.Millisecond, Factor: 1.5, Jitter: 0.2, Steps: 5}

// authorized lets in whom the API server knows by their token and allows to get the
// path. It is controller-runtime's WithAuthenticationAndAuthorization, but for the answer
// to a token that is none: as in the API server that is 401, where that one says 500 and
// logs an error with its stack for each.
func authorized(config *rest.Config, client *http.Client) (metricsserver.Filter, error) {
	who, err := newAuthenticator(config, client)
	if err != nil {
		return nil, fmt.Errorf("setting up the authentication of the metrics: %w", err)
	}
	may, err := newAuthorizer(config, client)
	if err != nil {
		return nil, fmt.Errorf("setting up the authorization of the metrics: %w", err)
	}
	return func(log logr.Logger, handler http.Handler) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout)) // the server itself has none
			response, known, err := who.AuthenticateRequest(r)
			if err != nil || !known {
				log.V(1).Info("not authenticated", "from", r.RemoteAddr)
				w.Header().Set("WWW-Authenticate", "Bearer")
				http.Error(w, "Unauthorized", http.StatusUnauthorized)
				return
			}
			decision, _, err := may.Authorize(r.Context(), authorizer.AttributesRecord{
				User: response.User, Verb: strings.ToLower(r.Method), Path: r.URL.Path,
			})
			switch {
			case err != nil:
				log.Error(err, "asking the API server who may read the metrics")
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			case decision != authorizer.DecisionAllow:
				log.V(1).Info("not authorized", "from", r.RemoteAddr)
				http.Error(w, "Forbidden", http.StatusForbidden)
			default:
				handler.ServeHTTP(w, r)
			}
		}), nil
	}, nil
}

func newAuthenticator(config *rest.Config, client *http.Client) (authenticator.Request, error) {
	reviews, err := authenticationv1.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	delegating := authenticatorfactory.DelegatingAuthenticatorConfig{
		Anonymous:                &apiserver.AnonymousAuthConfig{Enabled: false},
		CacheTTL:                 authenticationTTL,
		TokenAccessReviewClient:  reviews,
		TokenAccessReviewTimeout: reviewTimeout,
		WebhookRetryBackoff:      &reviewBackoff,
	}
	request, _, err := delegating.New()
	return request, err
}

func newAuthorizer(config *rest.Config, client *http.Client) (authorizer.Authorizer, error) {
	reviews, err := authorizationv1.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	return authorizerfactory.DelegatingAuthorizerConfig{
		SubjectAccessReviewClient: reviews,
		AllowCacheTTL:             allowedTTL,
		DenyCacheTTL:              deniedTTL,
		WebhookRetryBackoff:       &reviewBackoff,
	}.New()
}
