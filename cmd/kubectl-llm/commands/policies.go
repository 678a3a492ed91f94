// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/policy"
)

// policyFlags defines the flags of policies, and evaluates the policies.
type policyFlags struct {
	names []string
	// namespace is that of objects that have none.
	namespace string
}

func (f *policyFlags) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.names, "policy", nil, "File or directory with ValidatingAdmissionPolicies, their bindings, parameters and namespaces. Can be repeated.")
	_ = cmd.MarkFlagFilename("policy", "yaml", "yml", "json") // fails for unknown flags only
}

// evaluate returns the findings with those of the policies about valid objects.
func (f *policyFlags) evaluate(ctx context.Context, objects []checkedObject, findings []check.Finding, recursive bool, stdin io.Reader) ([]check.Finding, error) {
	set, err := f.load(recursive, stdin)
	if err != nil {
		return nil, usageError{err}
	}
	for _, o := range objects {
		if o.Rejected() {
			continue
		}
		request, err := policyRequest(o)
		if err != nil {
			return nil, err
		}
		violations, err := set.Evaluate(ctx, request)
		if err != nil {
			return nil, usageError{err}
		}
		for _, v := range violations {
			findings = append(findings, policyFinding(o.Object, v))
		}
	}
	check.Sort(findings)
	return findings, nil
}

// policyRequest returns the request to create a valid object, or to update the stored one.
func policyRequest(o checkedObject) (policy.Request, error) {
	request, err := policy.NewRequest(o.Result.JSON, o.Defaulted)
	if err != nil || o.Stored == nil {
		return request, err
	}
	err = request.ReplaceOld(o.Stored.JSON, o.Stored.OllamaDeployment)
	return request, err
}

// load reads the policies.
func (f *policyFlags) load(recursive bool, stdin io.Reader) (*policy.Set, error) {
	var objects []manifest.Object
	for file, err := range manifest.ReadFiles(f.names, recursive, stdin) {
		if err != nil {
			return nil, err
		}
		found, parseErrs := manifest.Parse(file)
		if len(parseErrs) > 0 {
			return nil, parseErrs[0]
		}
		objects = append(objects, found...)
	}
	return policy.Load(objects, f.namespace)
}

// startsWithPath matches messages that start with the path of a field, as those of config/policies do.
var startsWithPath = regexp.MustCompile(`^((?:spec|metadata)(?:[.\[][^ :]*)?): (.*)$`)

// policyFinding returns the violation of a policy as a finding about the field whose path its message starts with.
func policyFinding(o manifest.Object, v policy.Violation) check.Finding {
	level, path, message := check.Error, "", v.Message
	if v.Warning {
		level = check.Warning
	}
	if match := startsWithPath.FindStringSubmatch(v.Message); match != nil {
		path, message = match[1], match[2]
	}
	return check.NewFinding(o, level, check.RulePolicy, path, fmt.Sprintf("%s (policy %s)", message, v.Policy))
}
