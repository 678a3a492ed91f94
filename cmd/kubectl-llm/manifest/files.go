package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the name that means the standard input.
const Stdin = "-"

// extensions are those of the files that are read of a folder, as kubectl does.
//
// Source: k8s.io/cli-runtime, pkg/resource (FileExtensions).
var extensions = []string{".json", ".yaml", ".yml"}

// A File is text to be parsed.
type File struct {
	// Name is where the text came from, as it was given; Stdin for the standard input.
	Name string
	// Data is the text.
	Data []byte
}

// ReadFiles reads files, the manifests in folders, and the standard input where a name
// is Stdin. Folders below a folder are read if recursive is set.
func ReadFiles(names []string, recursive bool, stdin io.Reader) ([]File, error) {
	var files []File
	for _, name := range names {
		found, err := readName(name, recursive, stdin)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func readName(name string, recursive bool, stdin io.Reader) ([]File, error) {
	if name == Stdin {
		data, err := io.ReadAll(stdin)
		if err != nil {
			return nil, fmt.Errorf("reading the standard input: %w", err)
		}
		return []File{{Stdin, data}}, nil
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		return nil, fmt.Errorf("%s: URLs are not read; download it, and give it as a file or as standard input (-f -)", name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, pathError(err)
	}
	if !info.IsDir() {
		return readOne(nil, name)
	}
	return readFolder(name, recursive)
}

func readFolder(name string, recursive bool) ([]File, error) {
	var files []File
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != name && !recursive:
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		files, err = readOne(files, path)
		return err
	})
	if err != nil {
		return nil, pathError(err)
	}
	return files, nil
}

func readOne(files []File, path string) ([]File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, pathError(err)
	}
	return append(files, File{path, data}), nil
}

// pathError leads with the path, as the findings do.
func pathError(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	return err
}
