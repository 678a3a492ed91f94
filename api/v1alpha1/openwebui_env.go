// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Variables of Open WebUI that fields of its spec set.
//
// Source: open-webui/open-webui, backend/open_webui/env.py and config.py; open-webui/docs,
// docs/reference/env-configuration.mdx (v0.11.0).
const (
	DatabaseURLEnv        = "DATABASE_URL"
	EnableDBMigrationsEnv = "ENABLE_DB_MIGRATIONS"
	RedisURLEnv           = "REDIS_URL"
	RedisKeyPrefixEnv     = "REDIS_KEY_PREFIX"
	WebsocketSupportEnv   = "ENABLE_WEBSOCKET_SUPPORT"
	WebsocketManagerEnv   = "WEBSOCKET_MANAGER"
	WebsocketRedisURLEnv  = "WEBSOCKET_REDIS_URL"
	DefaultModelsEnv      = "DEFAULT_MODELS"
	EnableSignUpEnv       = "ENABLE_SIGNUP"
)

// databaseURLParts are variables that Open WebUI makes a URL of, instead of that of DatabaseURLEnv, if they
// are set.
//
// Source: open-webui/open-webui, backend/open_webui/env.py (DB_VARS).
var databaseURLParts = []string{"DATABASE_TYPE", "DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME"}

// EnvOfFields returns the variables that users cannot set because a field of the spec is set that decides
// about them, by name, with the path of the field. Without the field they are the user's.
//
// Source: open-webui/docs, docs/troubleshooting/multi-replica.mdx (Updates and Migrations): the pod
// that starts first has to migrate.
func (s *OpenWebUISpec) EnvOfFields() map[string]string {
	out := map[string]string{}
	add := func(isSet bool, path string, names ...string) {
		for _, name := range names {
			if isSet {
				out[name] = path
			}
		}
	}
	add(s.Database != nil, "spec.openwebui.database", append([]string{DatabaseURLEnv, EnableDBMigrationsEnv}, databaseURLParts...)...)
	add(s.Redis != nil, "spec.openwebui.redis",
		RedisURLEnv, RedisKeyPrefixEnv, WebsocketSupportEnv, WebsocketManagerEnv, WebsocketRedisURLEnv)
	add(s.DefaultModel != nil, "spec.openwebui.defaultModel", DefaultModelsEnv)
	add(s.SignUp != nil, "spec.openwebui.signUp", EnableSignUpEnv)
	return out
}
