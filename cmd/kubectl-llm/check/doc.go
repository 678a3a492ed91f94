// Package check tells without a cluster what admission would say of an object.
package check
