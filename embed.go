// Package newswatch holds the files that a new installation starts from: the
// example configuration and the rules that ship.
package newswatch

import "embed"

// Files are config.yaml and rules/watch/*.yaml as they lie in the project.
//
//go:embed config.yaml rules/watch/*.yaml rules/schema.json
var Files embed.FS
