// Package newswatch holds the files that a new installation starts from: the
// example configuration and the rules that ship, with their schemas for editors.
package newswatch

import "embed"

// Files are config.yaml, rules/watch/*.yaml and the schemas that they name, as they
// lie in the project.
//
//go:embed config.yaml config.schema.json rules/watch/*.yaml rules/schema.json
var Files embed.FS

// ConfigSchema is the JSON Schema (draft 7) of config.yaml: completion, a
// description of each key, and the plainest mistakes. Package config checks far
// more.
//
//go:embed config.schema.json
var ConfigSchema string
