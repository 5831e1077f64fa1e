package rules

import _ "embed"

// Schema is the JSON Schema (draft 7) of rule files, for editors: completion, a
// description of each key, and the plainest mistakes. Load checks far more.
//
//go:embed schema.json
var Schema string
