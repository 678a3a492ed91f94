// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// Keys of the ConfigMaps.
const (
	modelsFile   = "models"
	sourcesFile  = "sources"
	commonScript = "common.sh"
	pullScript   = "pull-models.sh"
	modelScript  = "pull-model.sh"
	sharedScript = "shared-volume.sh"
	checkScript  = "check-models.sh"
	drainScript  = "drain.sh"
	linkScript   = "link-models.sh"
	waitScript   = "wait-for-models.sh"
	placeScript  = "place-data.sh"
	configFile   = "config.toml"
)

var (
	//go:embed scripts/common.sh
	commonScriptText string
	//go:embed scripts/pull-models.sh
	pullScriptText string
	//go:embed scripts/pull-model.sh
	modelScriptText string
	//go:embed scripts/shared-volume.sh
	sharedScriptText string
	//go:embed scripts/check-models.sh
	checkScriptText string
	//go:embed scripts/drain.sh
	drainScriptText string
	//go:embed scripts/link-models.sh
	linkScriptText string
	//go:embed scripts/wait-for-models.sh
	waitScriptText string
	//go:embed scripts/place-data.sh
	placeScriptText string
)

// configMap returns the ConfigMap with the scripts and the configuration that the part's pods
// mount.
func (p part) configMap() []Object {
	if len(p.files) == 0 {
		return nil
	}
	config := applycorev1.ConfigMap(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithData(p.files)
	return []Object{{Kind: KindConfigMap, Name: p.name(), Config: config}}
}

// hash returns a short hash of a file, for an annotation of pods that read the file only when
// they start.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
