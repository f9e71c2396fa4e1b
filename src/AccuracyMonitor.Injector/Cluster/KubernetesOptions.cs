using System.ComponentModel.DataAnnotations;
using k8s;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>How the injector reaches the API server.</summary>
internal sealed class KubernetesOptions
{
    public const string Section = "Kubernetes";

    /// <summary>A kubeconfig file; empty: the service account of the pod. Default empty.</summary>
    public string Kubeconfig { get; set; } = "";

    /// <summary>
    /// Longest wait for an answer of the API server, 100 ms–30 s. Keep it below the timeout of the webhook, after which a pod is admitted without a
    /// sidecar. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the labels and annotations of a namespace are cached, 0–1 h. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan NamespaceLifetime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often LimitRanges and ResourceQuotas are listed, 1 s–1 h. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RulesInterval { get; set; } = TimeSpan.FromSeconds(10);

    public KubernetesClientConfiguration ToClient()
    {
        var client = Kubeconfig.Length > 0 ? KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig)
            : KubernetesClientConfiguration.InClusterConfig();
        client.HttpClientTimeout = RequestTimeout;
        return client;
    }
}

[OptionsValidator]
internal sealed partial class KubernetesOptionsValidator : IValidateOptions<KubernetesOptions>;

internal sealed class ApiServerValidator : IValidateOptions<KubernetesOptions>
{
    public ValidateOptionsResult Validate(string? name, KubernetesOptions options) => options.Kubeconfig switch
    {
        "" when !KubernetesClientConfiguration.IsInCluster() =>
            ValidateOptionsResult.Fail("Kubernetes:Kubeconfig is ''; outside of a pod it must name a kubeconfig file."),
        { Length: > 0 } file when !File.Exists(file) => ValidateOptionsResult.Fail($"Kubernetes:Kubeconfig is '{file}'; there is no such file."),
        _ => ValidateOptionsResult.Success,
    };
}
