package main

import (
	"crypto/ecdsa"
	"fmt"
	"path/filepath"

	"k8s.io/client-go/util/keyutil"
)

// credentials is a directory of PEM files that whoever starts the program has made: ca.crt, which signed
// apiserver.crt and the certificates of clients; apiserver.key; and service-account.key, which signs tokens.
type credentials struct {
	dir           string
	serviceTokens *ecdsa.PrivateKey
}

func (c *credentials) path(name string) string { return filepath.Join(c.dir, name) }

func loadCredentials(dir string) (*credentials, error) {
	c := &credentials{dir: dir}
	parsed, err := keyutil.PrivateKeyFromFile(c.path("service-account.key"))
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is not an ECDSA key", c.path("service-account.key"))
	}
	c.serviceTokens = key
	return c, nil
}
