// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/planned"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/render"
)

// errDiffers is returned after plans are printed, if something changes.
var errDiffers = errors.New("something changes")

// errRefused is returned after plans are printed, if there is none for an object because of errors, which are printed
// as well.
var errRefused = errors.New("refused")

// Field managers of kubectl apply.
//
// Source: k8s.io/kubectl, pkg/cmd/apply/apply.go.
const (
	clientSideManager = "kubectl-client-side-apply"
	serverSideManager = "kubectl"
)

func newPlan(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	r := planRequest{streams: streams, flags: flags}
	cmd := &cobra.Command{
		Use:   "plan -f FILE | plan NAME",
		Short: "Show what an apply would do, before it does it",
		Long: "Print what would happen if kubectl apply was run with the files: which pods would start, restart or stop and why,\n" +
			"whether pods serve all the time, which models would be pulled or removed, which addresses and claims would\n" +
			"change, and which objects would be created, changed or deleted. Nothing is changed.\n\n" +
			"By default the API server is asked, by a dry run, what it would store, and the children are read from the cluster.\n" +
			"With --against FILE no cluster is needed: the file has the objects as they are stored, or their earlier manifests.\n" +
			"With a NAME and without files, it is planned what this version of the operator would do with what is stored.\n\n" +
			"The exit status is that of kubectl diff, which is not that of the other commands: 0 if nothing changes, 1 if\n" +
			"something does, and 2 if an object is refused, the command line is wrong, or anything else fails.",
		Example: `  # What would an apply do?
  kubectl llm plan -f models.yaml

  # Show the differences of the children, too
  kubectl llm plan -f models.yaml --diff

  # Without a cluster: compare with an earlier version of the file
  git show main:models.yaml >earlier.yaml && kubectl llm plan -f models.yaml --against earlier.yaml

  # Write a comment for a pull request
  kubectl llm plan -R -f deploy/ -o markdown

  # What would this version of the operator do with a stored object?
  kubectl llm plan my-models`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.parse(args); err != nil {
				return usageError{err}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return r.run(ctx)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeNames(cmd.Context(), flags), cobra.ShellCompDirectiveNoFileComp
		},
	}
	r.addFlags(cmd)
	return cmd
}

// A planRequest is a parsed command line of "plan".
type planRequest struct {
	streams genericiooptions.IOStreams
	flags   *genericclioptions.ConfigFlags
	in      manifestFlags
	// name is that of a stored object, "" if files are planned.
	name, against, output, manager string
	serverSide, force              bool
	diff, checkRegistry            bool
	options                        render.Options
	format                         planned.Format
}

func (r *planRequest) addFlags(cmd *cobra.Command) {
	names := make([]string, 0, len(planned.Formats))
	usage := make([]string, 0, len(planned.Formats))
	for _, format := range planned.Formats {
		names = append(names, format.Name)
		usage = append(usage, fmt.Sprintf("%s (%s)", format.Name, format.Description))
	}
	r.flags.AddFlags(cmd.Flags())
	r.in.addFlags(cmd)
	r.in.addOperatorFlags(cmd)
	addOperatorNamespace(cmd, &r.options.OperatorNamespace)
	f := cmd.Flags()
	f.Lookup("filename").Usage = "File or directory that contains the manifests, or - for standard input. Can be repeated."
	f.StringVar(&r.against, "against", againstCluster, "What the files are compared with: "+againstUsage)
	f.BoolVar(&r.serverSide, "server-side", false, "Plan kubectl apply --server-side.")
	f.StringVar(&r.manager, "field-manager", "", fmt.Sprintf("Name of the field manager. Defaults to that of kubectl apply, %q, or with --server-side %q.", clientSideManager, serverSideManager))
	f.BoolVar(&r.force, "force-conflicts", false, "With --server-side, take over fields of other managers.")
	f.StringVarP(&r.output, "output", "o", names[0], "Output format. One of: "+strings.Join(usage, "; ")+".")
	f.BoolVar(&r.diff, "diff", false, "Print the differences of the children in the text format, too. Secrets are only named.")
	f.BoolVar(&r.checkRegistry, "check-registry", false, "Ask the registries for the sizes of models that are pulled. They are the hosts that the manifests name.")
	completeWith(cmd, "output", names)
}

// parse validates the command line.
func (r *planRequest) parse(args []string) error {
	var err error
	if r.format, err = planned.FormatByName(r.output); err != nil {
		return err
	}
	if err := readOnce(r.in.names, []string{r.against}); err != nil {
		return err
	}
	switch {
	case len(r.in.names) > 0 && len(args) > 0:
		return fmt.Errorf("either files or a name can be planned, but got -f and %q", args[0])
	case len(args) > 0 && r.against != againstCluster:
		return errors.New("--against FILE requires -f")
	case len(args) > 0 && r.serverSide:
		return errors.New("--server-side requires -f")
	case r.serverSide && r.against != againstCluster:
		return errors.New("--server-side requires --against " + againstCluster + ": only the API server knows the fields of other managers")
	case r.force && !r.serverSide:
		return errors.New("--force-conflicts requires --server-side")
	case len(args) > 0:
		r.name = args[0]
	case len(r.in.names) == 0:
		return errors.New("nothing to plan; use -f FILE, -f - for standard input, or \"kubectl llm plan NAME\"")
	}
	if r.manager == "" {
		r.manager = clientSideManager
		if r.serverSide {
			r.manager = serverSideManager
		}
	}
	return nil
}

// run prints the plans. All its errors have the exit status ExitUsage, because ExitInvalid means that something changes.
func (r *planRequest) run(ctx context.Context) error {
	objects, refused, err := r.plans(ctx)
	if err == nil && r.checkRegistry {
		err = r.askSizes(ctx, objects)
	}
	if err != nil {
		return usageError{err}
	}
	plans := make([]planned.Object, 0, len(objects))
	for _, o := range objects {
		plans = append(plans, o.Object)
	}
	options := planned.Options{Colored: terminal.ColorEnabled(r.streams.Out), Diff: r.diff}
	if err := r.format.Write(r.streams.Out, plans, options); err != nil {
		return usageError{fmt.Errorf("printing: %w", err)}
	}
	switch {
	case refused:
		return errRefused
	case slices.ContainsFunc(plans, planned.Object.Differs):
		return errDiffers
	default:
		return nil
	}
}

// plans returns the plans of all objects but those that are refused, whose errors are printed.
func (r *planRequest) plans(ctx context.Context) (objects []plannedObject, refused bool, err error) {
	switch {
	case r.against != againstCluster:
		return r.planOffline(ctx)
	case r.name != "":
		objects, err = r.planStored(ctx)
		return objects, false, err
	default:
		return r.planApply(ctx)
	}
}
