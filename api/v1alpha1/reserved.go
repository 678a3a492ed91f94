// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// A Reserved lists what the operator sets in the pods of a component. Admission rejects variables,
// volumes and mounts of users that conflict with it.
//
// +kubebuilder:object:generate=false
type Reserved struct {
	// Env names the variables that users cannot set.
	Env []string
	// Settings has the path of the field of the spec that sets a variable, by its name.
	Settings map[string]string
	// Volumes has the names that users' volumes cannot have.
	Volumes []string
	// Paths lists what users' mounts must not hide.
	Paths []string
	// File is the path of a mounted file, below which nothing can be mounted; "" if there is none.
	File string
	// ReadOnly is the path of a directory that is mounted read-only, below which nothing can be mounted; "" if there is
	// none.
	ReadOnly string
}

// Names and paths in the pods of Ollama and Open WebUI.
//
// Source: ollama/ollama, Dockerfile; open-webui/open-webui, Dockerfile.
const (
	// OllamaDataPath names the directory of Ollama's models and keys.
	OllamaDataPath = "/root/.ollama"
	// RestrictedOllamaHome is the home of Ollama's user in restricted pods, because other users
	// than root cannot enter /root.
	RestrictedOllamaHome = "/home/ollama"
	// OpenWebUIDataPath names the directory of Open WebUI's data.
	OpenWebUIDataPath = "/app/backend/data"
	// ScriptsPath names the directory of the scripts, and of Tabby's configuration in restricted pods.
	ScriptsPath = "/etc/llm-operator"
	// DataVolume holds the data of Ollama and of Open WebUI.
	DataVolume = "data"
	// ScriptsVolume holds Ollama's scripts.
	ScriptsVolume = "scripts"
)

// reservedByOllama includes the variables of the scripts, and those that move the models out of the volume.
var reservedByOllama = Reserved{
	Env: []string{
		"HOME", "OLLAMA_DRAIN_DELAY", "OLLAMA_DRAIN_LIMIT", "OLLAMA_HOST", "OLLAMA_MODELS", "OLLAMA_NOPRUNE", "PULL_LIST", "PULL_LOG", "PULL_QUIET", "PULL_SHARED",
		"PULL_STALE", "PULL_STALL", "PULL_STATE", "PULL_VERIFY",
	},
	Settings: map[string]string{
		"OLLAMA_KEEP_ALIVE":        "spec.ollama.settings.keepAlive",
		"OLLAMA_CONTEXT_LENGTH":    "spec.ollama.settings.contextLength",
		"OLLAMA_NUM_PARALLEL":      "spec.ollama.settings.parallel",
		"OLLAMA_MAX_LOADED_MODELS": "spec.ollama.settings.maxLoadedModels",
		"OLLAMA_KV_CACHE_TYPE":     "spec.ollama.settings.kvCacheType",
		"OLLAMA_FLASH_ATTENTION":   "spec.ollama.settings.flashAttention",
	},
	Volumes:  []string{DataVolume, ScriptsVolume},
	Paths:    []string{OllamaDataPath, RestrictedOllamaHome + "/.ollama", ScriptsPath},
	ReadOnly: ScriptsPath,
}

// reservedByOpenWebUI includes K8S_FLAG, which replaces the address of Ollama.
//
// Source: open-webui/open-webui, backend/open_webui/config.py.
var reservedByOpenWebUI = Reserved{
	Env:     []string{"DATA_DIR", "HOME", "K8S_FLAG", "OLLAMA_BASE_URL", "PORT", "WEBUI_SECRET_KEY"},
	Volumes: []string{DataVolume},
	Paths:   []string{OpenWebUIDataPath},
}

var reservedByTabby = Reserved{
	Env:     []string{TabbyRootEnv, TabbyJWTSecretEnv},
	Volumes: []string{TabbyDataVolume, TabbyConfigVolume},
	Paths:   []string{TabbyDataPath, TabbyConfigPath},
	File:    TabbyConfigPath,
}
