// Package reconcilers materialises OllamaDeployments that admission has defaulted
// and checked: render, apply, observe, status. It decides and defaults nothing.
package reconcilers
