// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// Annotations of Open WebUI's pods with the hashes of URLs, which they read when they start.
const (
	databaseAnnotation = render.DatabaseAnnotation
	redisAnnotation    = render.RedisAnnotation
)

// A urlKind is a kind of server whose URL is in a Secret of the user.
type urlKind struct {
	// field of the spec, and the reason of the condition if its Secret cannot be used.
	field, reason string
	// server is its name, and schemes those of its URLs, the usual one first.
	server  string
	schemes []string
}

// The servers of Open WebUI. SQLAlchemy takes the name of a driver after that of the database.
//
// Source: open-webui/open-webui, backend/open_webui/internal/db.py (_make_async_url) and utils/redis.py;
// redis/redis-py, redis/connection.py (parse_url).
var (
	databaseURL = urlKind{"spec.openwebui.database.urlSecretRef", v1alpha1.ReasonDatabaseNotUsable, "PostgreSQL", []string{"postgresql", "postgres"}}
	redisURL    = urlKind{"spec.openwebui.redis.urlSecretRef", v1alpha1.ReasonRedisNotUsable, "Redis", []string{"redis", "rediss", "unix"}}
)

// readURL returns the URL in a Secret of the user. It returns a referenceError, which has nothing of the
// Secret's data, if it cannot be used.
func (r *Reconciler) readURL(ctx context.Context, namespace string, ref v1alpha1.SecretKeyReference, kind urlKind) (string, error) {
	secret, err := r.readSecret(ctx, client.ObjectKey{Namespace: namespace, Name: ref.Name})
	if err != nil {
		return "", err
	}
	why, key := "does not exist", ref.KeyOrDefault()
	if secret != nil {
		data, found := secret.Data[key]
		if why = kind.explain(key, string(data), found); why == "" {
			return string(data), nil
		}
	}
	return "", &referenceError{kind.reason, fmt.Sprintf("Secret %q of %s", ref.Name, kind.field), why}
}

// explain returns why the value of a key of a Secret is no URL of the kind, "" if it is one. Open WebUI would
// take white space at the end, which editors and echo add, for a part of the last name.
func (k urlKind) explain(key, value string, found bool) string {
	scheme, rest, isURL := strings.Cut(value, "://")
	scheme, _, _ = strings.Cut(scheme, "+")
	switch {
	case !found:
		return fmt.Sprintf("has no key %q", key)
	case value == "":
		return fmt.Sprintf("has nothing in the key %q", key)
	case value != strings.TrimSpace(value):
		return fmt.Sprintf("has white space before or after the URL in the key %q", key)
	case !isURL || rest == "" || !slices.Contains(k.schemes, scheme):
		return fmt.Sprintf("has no URL of %s in the key %q, which has to begin with %q", k.server, key, k.schemes[0]+"://")
	case !isReadable(value):
		return fmt.Sprintf("has a URL in the key %q whose server cannot be told; escape special characters of the password, such as %%2F for /", key)
	default:
		return ""
	}
}

// isReadable reports whether the server of a URL can be told from the password: a "/" in it would end it.
func isReadable(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.User != nil || !strings.Contains(parsed.Path, "@"))
}

// urlHash returns a hash that changes with a URL. Passwords that people choose could be guessed from a plain
// hash, so it depends on the key, which is random and as secret. Without one there is no hash.
func urlHash(key []byte, text string) string {
	if len(key) == 0 {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// databaseHash returns a hash of the server and the database that a readable URL names, in its path or its
// parameters, without user, password and other settings.
//
// Source: PostgreSQL, "Connection URIs" of libpq.
func databaseHash(text string) string {
	const port = "5432"
	var at strings.Builder
	if parsed, err := url.Parse(text); err == nil {
		at.WriteString(strings.ToLower(parsed.Hostname()) + ":" + cmp.Or(parsed.Port(), port) + parsed.Path)
		for _, name := range []string{"host", "hostaddr", "port", "dbname", "service"} {
			for _, value := range parsed.Query()[name] {
				at.WriteString("&" + name + "=" + value)
			}
		}
	}
	return secretHash([]byte(at.String()))
}
