// Package ollama knows Ollama's model names: their grammar, and what they reveal of a
// model's memory, purpose and fill-in-the-middle prompt. It is pure.
package ollama
