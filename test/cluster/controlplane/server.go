package main

import (
	"context"
	"net"
	"runtime/debug"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	apiextensionsoptions "k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilversion "k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apimachinery/pkg/version"
	webhookinit "k8s.io/apiserver/pkg/admission/plugin/webhook/initializer"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/group"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	requestunion "k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/apiserver/pkg/authentication/token/tokenfile"
	tokenunion "k8s.io/apiserver/pkg/authentication/token/union"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	authorizerunion "k8s.io/apiserver/pkg/authorization/union"
	"k8s.io/apiserver/pkg/endpoints/discovery/aggregated"
	genericapifilters "k8s.io/apiserver/pkg/endpoints/filters"
	openapinamer "k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/apiserver/pkg/util/notfoundhandler"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/component-base/compatibility"
	"k8s.io/component-base/tracing"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"

	"roster.dev/controlplane/openapi"
)

// runServer chains three API servers on one address, as kube-apiserver does: the aggregator
// delegates to the built-in kinds, these to the custom resources, these to a 404.
func runServer(ctx context.Context, o *options, creds *credentials, etcdServers []string, listener net.Listener) error {
	config, etcd, err := genericConfig(o, creds, etcdServers, listener)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config.LoopbackClientConfig)
	if err != nil {
		return err
	}
	config.SharedInformerFactory = informers.NewSharedInformerFactory(client, 0)

	issuer := &tokenIssuer{key: creds.serviceTokens, client: client}
	if err := authenticate(&config.Config, issuer, creds, o.tokenFile); err != nil {
		return err
	}
	access, err := authorize(&config.Config, config.SharedInformerFactory)
	if err != nil {
		return err
	}
	if err := admit(config, client); err != nil {
		return err
	}

	notFound := genericapiserver.NewEmptyDelegateWithCustomHandler(notfoundhandler.New(codecs, genericapifilters.NoMuxAndDiscoveryIncompleteKey))
	customResources, err := newCustomResourceServer(*config, etcd, notFound)
	if err != nil {
		return err
	}
	builtinConfig := withStorage(*config, etcd, newStorageCodec(), schema.GroupVersions(servedVersions))
	builtinConfig.PostStartHooks = config.PostStartHooks // those of admission, which run once
	builtinServer, err := builtinConfig.Complete().New("builtins", customResources.GenericAPIServer)
	if err != nil {
		return err
	}
	if err := installBuiltins(builtinServer, builtinConfig.RESTOptionsGetter, issuer, access); err != nil {
		return err
	}
	builtinServer.AddPostStartHookOrDie("bootstrap-rbac", bootstrapRBAC)
	builtinServer.AddPostStartHookOrDie("namespace-controller", namespaceController)

	front, err := newAggregator(*config, etcd, builtinServer, customResources.Informers)
	if err != nil {
		return err
	}
	prepared, err := front.PrepareRun()
	if err != nil {
		return err
	}
	return prepared.Run(ctx)
}

// genericConfig is what the three servers have in common.
func genericConfig(o *options, creds *credentials, etcdServers []string, listener net.Listener) (*genericapiserver.RecommendedConfig, *genericoptions.EtcdOptions, error) {
	config := genericapiserver.NewRecommendedConfig(codecs)
	config.EffectiveVersion = newKubernetesVersion()
	config.FeatureGate = utilfeature.DefaultFeatureGate
	config.AggregatedDiscoveryGroupManager = aggregated.NewResourceManager("apis")
	config.MaxRequestsInFlight, config.MaxMutatingRequestsInFlight = 400, 200

	namer := openapinamer.NewDefinitionNamer(clientgoscheme.Scheme, apiextensionsapiserver.Scheme, aggregatorscheme.Scheme)
	config.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(openapi.GetOpenAPIDefinitions, namer)
	config.OpenAPIConfig.Info.Title = "Kubernetes"
	config.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(openapi.GetOpenAPIDefinitions, namer)
	config.OpenAPIV3Config.Info.Title = "Kubernetes"

	serving := genericoptions.NewSecureServingOptions()
	serving.Listener = listener
	serving.ServerCert.CertKey = genericoptions.CertKey{CertFile: creds.path("apiserver.crt"), KeyFile: creds.path("apiserver.key")}
	if err := serving.WithLoopback().ApplyTo(&config.SecureServing, &config.LoopbackClientConfig); err != nil {
		return nil, nil, err
	}
	config.LoopbackClientConfig.QPS, config.LoopbackClientConfig.Burst = -1, -1
	config.LoopbackClientConfig.DisableCompression = true

	etcd := genericoptions.NewEtcdOptions(storagebackend.NewDefaultConfig("/registry", nil))
	etcd.StorageConfig.Transport.ServerList = etcdServers
	etcd.StorageConfig.CompactionInterval = o.compactionInterval
	etcd.EnableWatchCache = o.watchCache
	etcd.EnableGarbageCollection = false              // no garbage collector runs, so deletion must not wait for one
	return config, etcd, etcd.ApplyTo(&config.Config) // for its health checks: each server opens its own storage
}

// withStorage returns a copy of the common configuration that stores the given version with codec.
func withStorage(config genericapiserver.RecommendedConfig, etcd *genericoptions.EtcdOptions, codec runtime.Codec, stored runtime.GroupVersioner) *genericapiserver.RecommendedConfig {
	config.PostStartHooks = map[string]genericapiserver.PostStartHookConfigEntry{}
	storage := etcd.StorageConfig
	storage.Codec, storage.EncodeVersioner = codec, stored
	storage.StorageObjectCountTracker = config.StorageObjectCountTracker
	config.RESTOptionsGetter = etcd.CreateRESTOptionsGetter(&genericoptions.SimpleStorageFactory{StorageConfig: storage}, nil)
	return &config
}

func authenticate(config *genericapiserver.Config, issuer *tokenIssuer, creds *credentials, tokenFile string) error {
	clientCA, err := dynamiccertificates.NewDynamicCAContentFromFile("client-ca", creds.path("ca.crt"))
	if err != nil {
		return err
	}
	if err := config.Authentication.ApplyClientCert(clientCA, config.SecureServing); err != nil {
		return err
	}
	tokens := []authenticator.Token{issuer}
	if tokenFile != "" {
		static, err := tokenfile.NewCSV(tokenFile)
		if err != nil {
			return err
		}
		tokens = append(tokens, static)
	}
	byToken := bearertoken.New(tokenunion.New(tokens...))
	issuer.authenticator = group.NewAuthenticatedGroupAdder(byToken)
	config.Authentication.APIAudiences = authenticator.Audiences{defaultAudience}
	// A bad credential is an error, never an anonymous request.
	config.Authentication.Authenticator = requestunion.NewFailOnError(
		group.NewAuthenticatedGroupAdder(requestunion.New(x509.NewDynamic(clientCA.VerifyOptions, x509.CommonNameUserConversion), byToken)),
		anonymous.NewAuthenticator(nil),
	)
	return nil
}

func authorize(config *genericapiserver.Config, informers informers.SharedInformerFactory) (*accessReviewer, error) {
	rbac := newRBACAuthorizer(informers.Rbac().V1())
	union, err := authorizerunion.New(
		authorizerunion.NamedAuthorizer{AuthorizerName: "privileged", Authorizer: authorizerfactory.NewPrivilegedGroups(user.SystemPrivilegedGroup)},
		authorizerunion.NamedAuthorizer{AuthorizerName: "rbac", Authorizer: authorizer.AuthorizerFunc(rbac.authorize)},
	)
	config.Authorization.Authorizer = union
	return &accessReviewer{authorizer: union, rbac: rbac}, err
}

// admit installs every admission plugin that k8s.io/apiserver publishes: namespace lifecycle,
// webhooks, and admission policies in CEL.
func admit(config *genericapiserver.RecommendedConfig, client kubernetes.Interface) error {
	dynamicClient, err := dynamic.NewForConfig(config.LoopbackClientConfig)
	if err != nil {
		return err
	}
	webhooks := webhookinit.NewPluginInitializer(webhookAuthentication(config), webhook.NewDefaultServiceResolver())
	return genericoptions.NewAdmissionOptions().ApplyTo(&config.Config, config.SharedInformerFactory, client, dynamicClient,
		config.FeatureGate, config.EffectiveVersion, webhooks)
}

func webhookAuthentication(config *genericapiserver.RecommendedConfig) webhook.AuthenticationInfoResolverWrapper {
	return webhook.NewDefaultAuthenticationInfoResolverWrapper(nil, nil, config.LoopbackClientConfig, tracing.NewNoopTracerProvider())
}

func newCustomResourceServer(common genericapiserver.RecommendedConfig, etcd *genericoptions.EtcdOptions, delegate genericapiserver.DelegationTarget) (*apiextensionsapiserver.CustomResourceDefinitions, error) {
	stored := apiextensionsv1.SchemeGroupVersion
	config := withStorage(common, etcd, apiextensionsapiserver.Codecs.LegacyCodec(stored), stored)
	config.MergedResourceConfig = apiextensionsapiserver.DefaultAPIResourceConfigSource()
	return (&apiextensionsapiserver.Config{
		GenericConfig: config,
		ExtraConfig: apiextensionsapiserver.ExtraConfig{
			CRDRESTOptionsGetter: apiextensionsoptions.NewCRDRESTOptionsGetter(*etcd, nil, common.StorageObjectCountTracker),
			MasterCount:          1,
			AuthResolverWrapper:  webhookAuthentication(config),
			ServiceResolver:      webhook.NewDefaultServiceResolver(),
		},
	}).Complete().New(delegate)
}

// kubernetesVersion reports, at /version, the Kubernetes release that the libraries belong to:
// k8s.io/apiserver v0.N.P is part of Kubernetes v1.N.P.
type kubernetesVersion struct {
	compatibility.EffectiveVersion
	gitVersion string
}

func newKubernetesVersion() kubernetesVersion {
	gitVersion := "v1.0.0"
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "k8s.io/apiserver" {
			gitVersion = strings.Replace(module.Version, "v0.", "v1.", 1)
		}
	}
	binary := utilversion.MustParse(gitVersion)
	return kubernetesVersion{compatibility.NewEffectiveVersion(binary, false, utilversion.MajorMinor(0, 0), utilversion.MajorMinor(0, 0)), gitVersion}
}

func (v kubernetesVersion) Info() *version.Info {
	info := v.EffectiveVersion.Info()
	info.GitVersion = v.gitVersion
	return info
}
