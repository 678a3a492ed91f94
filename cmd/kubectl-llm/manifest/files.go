package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the name that means the standard input.
const Stdin = "-"

// MaxSize is the most bytes that a file may have. Parsed, a file takes about 60 times
// its size; the API server takes requests of 3 MiB.
const MaxSize = 16 << 20

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
// is Stdin, one after the other, so that they need not be in memory together. Folders
// below a folder are read if recursive is set. It ends with the first error.
func ReadFiles(names []string, recursive bool, stdin io.Reader) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, name := range names {
			if !readName(name, recursive, stdin, yield) {
				return
			}
		}
	}
}

func readName(name string, recursive bool, stdin io.Reader, yield func(File, error) bool) bool {
	if name == Stdin {
		data, err := readAll(stdin)
		if err != nil {
			yield(File{}, fmt.Errorf("reading the standard input: %w", err))
			return false
		}
		return yield(File{Stdin, data}, nil)
	}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		yield(File{}, fmt.Errorf("%s: URLs are not read; download it, and give it as a file or as standard input (-f -)", name))
		return false
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		yield(File{}, pathError(err))
		return false
	case info.IsDir():
		return readFolder(name, recursive, yield)
	default:
		return readOne(name, yield)
	}
}

func readFolder(name string, recursive bool, yield func(File, error) bool) bool {
	stopped := false
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != name && !recursive:
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		if !readOne(path, yield) {
			stopped = true
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		yield(File{}, pathError(err))
		return false
	}
	return !stopped
}

func readOne(path string, yield func(File, error) bool) bool {
	data, err := readRegular(path)
	if err != nil {
		yield(File{}, err)
		return false
	}
	return yield(File{path, data}, nil)
}

// readRegular refuses devices, pipes and sockets, which may never end, or never begin.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, pathError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file; give its contents as standard input (-f -)", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, pathError(err)
	}
	defer file.Close()
	data, err := readAll(file)
	if err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			return nil, pathError(err)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err == nil && len(data) > MaxSize {
		return nil, fmt.Errorf("has more than %d MiB", MaxSize>>20)
	}
	return data, err
}

// pathError leads with the path, as the findings do.
func pathError(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	return err
}
