// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command olm validates the bundle in a directory with the library of the Operator Lifecycle Manager, and prints its
// errors and warnings.
package main

import (
	"fmt"
	"os"

	"github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/api/pkg/validation"
	"github.com/operator-framework/api/pkg/validation/errors"
	validator "github.com/operator-framework/api/pkg/validation/interfaces"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: olm BUNDLE")
		os.Exit(2)
	}
	problems, warnings, err := validate(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "olm:", err)
		os.Exit(1)
	}
	for _, warning := range warnings {
		fmt.Println("warning:", warning)
	}
	for _, problem := range problems {
		fmt.Println("error:", problem)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

// validators are those of all bundles, and those of OperatorHub.io and of good practices.
var validators = validator.Validators{
	validation.ClusterServiceVersionValidator,
	validation.CustomResourceDefinitionValidator,
	validation.BundleValidator,
	validation.OperatorHubV2Validator,
	validation.StandardCategoriesValidator,
	validation.StandardCapabilitiesValidator,
	validation.ObjectValidator,
	validation.GoodPracticesValidator,
}

// validate returns the errors and the warnings about the bundle in a directory.
func validate(dir string) (problems, warnings []string, err error) {
	bundle, err := manifests.GetBundleFromDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the bundle: %w", err)
	}
	for _, result := range validators.Validate(bundle.ObjectsToValidate()...) {
		problems = append(problems, texts(result.Errors)...)
		warnings = append(warnings, texts(result.Warnings)...)
	}
	return problems, warnings, nil
}

func texts(found []errors.Error) []string {
	var out []string
	for _, one := range found {
		out = append(out, one.Error())
	}
	return out
}
