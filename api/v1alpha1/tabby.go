// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Names and paths that the operator reserves in Tabby's pods. Admission rejects env,
// volumes and mounts that conflict with them.
const (
	// TabbyDataPath names Tabby's root directory, as set by its image.
	TabbyDataPath = "/data"
	// TabbyConfigPath names the file that Tabby reads its configuration from.
	TabbyConfigPath = TabbyDataPath + "/config.toml"
	// TabbyRestrictedRoot names Tabby's root directory in restricted pods: a folder that belongs
	// to their user, because Tabby sets its mode.
	//
	// Source: TabbyML/tabby, crates/tabby/src/main.rs.
	TabbyRestrictedRoot = TabbyDataPath + "/tabby"

	// TabbyDataVolume holds Tabby's data.
	TabbyDataVolume = "llm-operator-data"
	// TabbyConfigVolume holds Tabby's configuration and the waiting script.
	TabbyConfigVolume = "llm-operator-config"

	// TabbyRootEnv sets Tabby's root directory.
	TabbyRootEnv = "TABBY_ROOT"
	// TabbyJWTSecretEnv sets the key, a UUID, that Tabby signs logins with.
	TabbyJWTSecretEnv = "TABBY_WEBSERVER_JWT_TOKEN_SECRET"
)
