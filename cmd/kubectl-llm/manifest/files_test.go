package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"b.yml", "a.yaml", "c.json", "d.txt", "sub/e.yaml"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(name), 0o600))
	}
	read := func(recursive bool, names ...string) []string {
		files, err := ReadFiles(names, recursive, strings.NewReader("from stdin"))
		require.NoError(t, err)
		var got []string
		for _, file := range files {
			got = append(got, string(file.Data))
		}
		return got
	}
	assert.Equal(t, []string{"a.yaml", "b.yml", "c.json"}, read(false, dir))
	assert.Equal(t, []string{"a.yaml", "b.yml", "c.json", "sub/e.yaml"}, read(true, dir))
	assert.Equal(t, []string{"d.txt", "from stdin"}, read(false, filepath.Join(dir, "d.txt"), Stdin), "a file that is named is read, whatever its name")

	_, err := ReadFiles([]string{filepath.Join(dir, "none.yaml")}, false, nil)
	require.EqualError(t, err, filepath.Join(dir, "none.yaml")+": no such file or directory")
	_, err = ReadFiles([]string{"https://example.com/a.yaml"}, false, nil)
	require.EqualError(t, err, "https://example.com/a.yaml: URLs are not read; download it, and give it as a file or as standard input (-f -)")
}
