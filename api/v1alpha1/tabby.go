package v1alpha1

// What the operator itself gives to a Tabby pod. The rules of admission keep the
// user's env, volumes and mounts clear of it, and rendering uses it.
const (
	// TabbyDataPath is Tabby's root folder, as its image has it.
	TabbyDataPath = "/data"
	// TabbyConfigPath is the file that Tabby reads its configuration from.
	TabbyConfigPath = TabbyDataPath + "/config.toml"

	// TabbyDataVolume holds Tabby's data.
	TabbyDataVolume = "llm-operator-data"
	// TabbyConfigVolume holds Tabby's configuration and the waiting script.
	TabbyConfigVolume = "llm-operator-config"

	// TabbyRootEnv tells Tabby its root folder.
	TabbyRootEnv = "TABBY_ROOT"
	// TabbyJWTSecretEnv is the key, a UUID, with which Tabby signs its logins.
	TabbyJWTSecretEnv = "TABBY_WEBSERVER_JWT_TOKEN_SECRET"
)

// TabbyOwnedEnv are the environment variables that a user cannot set.
func TabbyOwnedEnv() []string { return []string{TabbyRootEnv, TabbyJWTSecretEnv} }

// TabbyOwnedVolumes are the names that a user's volume cannot have.
func TabbyOwnedVolumes() []string { return []string{TabbyDataVolume, TabbyConfigVolume} }

// TabbyOwnedPaths are the paths that a user's mount cannot hide.
func TabbyOwnedPaths() []string {
	return []string{TabbyDataPath, TabbyConfigPath}
}
