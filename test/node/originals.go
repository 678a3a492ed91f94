// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/geeper-io/llm-operator/test/node/images"
)

// pauseImage is the image that containerd starts each pod with.
const pauseImage = "registry.k8s.io/pause:3.10.2"

const pathVariable = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// addImages adds images that run as the originals do: the real Ollama, and the doubles, on Debian. The
// programs and packages are in dir; all images trust ca.
func addImages(registry *images.Registry, dir string, ca []byte) error {
	packages, err := images.Packages(filepath.Join(dir, "packages"))
	if err != nil {
		return err
	}
	system, err := images.Files(map[string]images.File{
		"/etc/passwd":                        {Data: []byte("root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"), Mode: 0o644},
		"/etc/group":                         {Data: []byte("root:x:0:\nnogroup:x:65534:\n"), Mode: 0o644},
		"/usr/bin/awk":                       {Target: "mawk"},
		"/etc/ssl/certs/ca-certificates.crt": {Data: ca, Mode: 0o644},
	})
	if err != nil {
		return err
	}
	for _, image := range originals {
		files := map[string]images.File{}
		for path, program := range image.programs {
			data, err := os.ReadFile(filepath.Join(dir, program))
			if err != nil {
				return fmt.Errorf("reading a program of %s: %w", image.name, err)
			}
			files[path] = images.File{Data: data, Mode: 0o755}
		}
		for path, content := range image.files {
			files[path] = images.File{Data: []byte(content), Mode: 0o644}
		}
		for path, content := range image.groupFiles {
			files[path] = images.File{Data: []byte(content), Mode: 0o664}
		}
		layer, err := images.Files(files)
		if err != nil {
			return err
		}
		layers := [][]byte{layer}
		if !image.scratch {
			layers = [][]byte{packages, system, layer}
		}
		if err := registry.Add(image.name, image.config, layers...); err != nil {
			return err
		}
	}
	return nil
}

// An original is an image whose configuration is that of the published one.
type original struct {
	name       string
	config     images.Config
	programs   map[string]string // names in the directory of programs, by path
	files      map[string]string // contents, by path
	groupFiles map[string]string // the same of files that group 0 may write
	scratch    bool              // without Debian
}

var originals = []original{
	{
		name:     "pause:3.10.2",
		config:   images.Config{Entrypoint: []string{"/pause"}, User: "65535:65535"},
		programs: map[string]string{"/pause": "pause"},
		scratch:  true,
	},
	{
		name: "ollama/ollama:latest",
		config: images.Config{
			Entrypoint: []string{"/bin/ollama"},
			Cmd:        []string{"serve"},
			Env: []string{
				pathVariable, "OLLAMA_HOST=0.0.0.0:11434",
				"LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64",
				"NVIDIA_DRIVER_CAPABILITIES=compute,utility", "NVIDIA_VISIBLE_DEVICES=all",
			},
		},
		programs: map[string]string{"/bin/ollama": "ollama"},
	},
	openWebUI("main", "0.11.0"),
	openWebUI("v0.11.0", "0.11.0"),
	openWebUI("v0.12.0", "0.12.0"),
	{
		name:     "tabbyml/tabby:latest",
		config:   images.Config{Entrypoint: []string{"/opt/tabby/bin/tabby"}, Env: []string{pathVariable, "TABBY_ROOT=/data"}},
		programs: map[string]string{"/opt/tabby/bin/tabby": "tabby"},
	},
}

// openWebUI returns the double of Open WebUI that is of a version.
//
// Source: open-webui/open-webui, Dockerfile.
func openWebUI(tag, version string) original {
	return original{
		name: "open-webui/open-webui:" + tag,
		config: images.Config{
			Cmd:        []string{"bash", "start.sh"},
			WorkingDir: "/app/backend",
			Env:        []string{pathVariable, "ENV=prod", "PORT=8080", "OLLAMA_BASE_URL=/ollama", "WEBUI_SECRET_KEY=", "HOME=/root"},
		},
		programs: map[string]string{"/app/backend/openwebui": "openwebui"},
		files: map[string]string{
			"/app/package.json":                           `{"version": "` + version + `"}`,
			"/app/backend/start.sh":                       "cd \"$(dirname \"$0\")\" && exec ./openwebui\n",
			"/app/backend/data/cache/embedding/model.bin": "embedding",
			"/app/backend/data/cache/whisper/model.bin":   "whisper",
		},
		// Since 0.11.0.
		groupFiles: map[string]string{"/app/backend/open_webui/static/loader.js": ""},
	}
}
