// Package story groups.
package story
