package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	nodeready "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	nodeheartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat"
	pod "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// stages says how nodes and pods live: kwok's own definitions, which its command does not know by itself.
// Nodes report by their status: with leases a restarted kwok would wait until those of its predecessor expire.
var stages = []string{
	nodeready.DefaultNodeInit,
	nodeheartbeat.DefaultNodeHeartbeat,
	pod.DefaultPodReady,
	pod.DefaultPodComplete,
	pod.DefaultPodDelete,
}

// runKwok does what kwok's own main does. Its configuration is read before, and outside of, its command;
// there the stages arrive as standard input, beside the files that --config names.
func runKwok() {
	// Kubernetes' libraries register a --version of their own type here, which a cobra command inherits.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)

	if err := provideStages(); err != nil {
		fail(err)
	}
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		fail(err)
	}

	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		fail(err)
	}
}

func provideStages() error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		defer write.Close()
		_, _ = write.WriteString(strings.Join(stages, "\n---\n"))
	}()
	os.Stdin = read
	os.Args = append(os.Args, "--config=-")
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "kwok:", err)
	os.Exit(1)
}
