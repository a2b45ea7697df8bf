// Command controlplane is a Kubernetes API server for tests. It is composed of the libraries that
// Kubernetes publishes: a real etcd, the real apiextensions-apiserver for custom resources, the
// real aggregator, and the generic registry serving the built-in kinds. It runs no pods.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/klog/v2"
)

//go:generate ./generate.sh

type options struct {
	dataDir            string
	certDir            string
	port               int
	tokenFile          string
	etcdServers        string
	watchCache         bool
	compactionInterval time.Duration
	untilStdinCloses   bool
}

func main() {
	o := &options{}
	flag.StringVar(&o.dataDir, "data-dir", "", "directory of the embedded etcd; ignored with --etcd-servers")
	flag.StringVar(&o.certDir, "cert-dir", "", "directory of ca.crt, apiserver.crt, apiserver.key and service-account.key")
	flag.IntVar(&o.port, "port", 0, "port to listen on, on 127.0.0.1; 0 picks a free one")
	flag.StringVar(&o.tokenFile, "token-auth-file", "", "CSV file of static tokens: token,user,uid[,\"group1,group2\"]")
	flag.StringVar(&o.etcdServers, "etcd-servers", "", "URLs of an external etcd, separated by commas")
	flag.BoolVar(&o.watchCache, "watch-cache", true, "serve lists and watches from memory")
	flag.DurationVar(&o.compactionInterval, "etcd-compaction-interval", 5*time.Minute, "how often etcd history is dropped; 0 for never")
	flag.BoolVar(&o.untilStdinCloses, "until-stdin-closes", false, "exit at the end of standard input, so that the program never outlives its parent")
	klog.InitFlags(nil)
	flag.Parse()
	if err := run(genericapiserver.SetupSignalContext(), o); err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) error {
	if o.certDir == "" || (o.dataDir == "" && o.etcdServers == "") {
		return fmt.Errorf("--cert-dir and one of --data-dir and --etcd-servers are required")
	}
	if o.untilStdinCloses {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	creds, err := loadCredentials(o.certDir)
	if err != nil {
		return err
	}
	etcdServers := strings.Split(o.etcdServers, ",")
	if o.etcdServers == "" {
		address, err := startEtcd(o.dataDir)
		if err != nil {
			return err
		}
		etcdServers = []string{address}
	}
	if err := compactOnSignal(ctx, etcdServers); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", o.port))
	if err != nil {
		return err
	}
	fmt.Printf("serving on https://%s\n", listener.Addr())
	return runServer(ctx, o, creds, etcdServers, listener)
}
