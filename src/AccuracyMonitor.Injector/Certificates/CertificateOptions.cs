using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Certificates;

internal enum CertificateMode
{
    /// <summary>Made here, kept in a Secret that the replicas share, published in the webhook configuration.</summary>
    SelfSigned,

    /// <summary>Files that somebody else renews, such as cert-manager.</summary>
    Files,
}

/// <summary>Where the certificate for admission requests comes from. The API server takes TLS only.</summary>
internal sealed class CertificateOptions
{
    public const string Section = "Certificates";

    /// <summary>SelfSigned or Files. Default SelfSigned.</summary>
    [EnumDataType(typeof(CertificateMode))]
    public CertificateMode Mode { get; set; } = CertificateMode.SelfSigned;

    /// <summary>PEM file with the certificate and those between it and its authority (Files). Default /etc/accuracy-monitor/tls/tls.crt.</summary>
    [Required]
    public string CertificateFile { get; set; } = "/etc/accuracy-monitor/tls/tls.crt";

    /// <summary>PEM file with its key (Files). Default /etc/accuracy-monitor/tls/tls.key.</summary>
    [Required]
    public string KeyFile { get; set; } = "/etc/accuracy-monitor/tls/tls.key";

    /// <summary>How often the files, or the Secret and the webhook configuration, are checked for changes, 100 ms–1 h. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Namespace of the Secret and of the injector's Service (SelfSigned); empty: the namespace of the pod. Default empty.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>Name of the Secret (SelfSigned). Default accuracy-monitor-injector-certificates.</summary>
    [Required]
    public string Secret { get; set; } = "accuracy-monitor-injector-certificates";

    /// <summary>Name of the injector's Service; the certificate is for this name (SelfSigned). Default accuracy-monitor-injector.</summary>
    [Required]
    public string Service { get; set; } = "accuracy-monitor-injector";

    /// <summary>Name of the MutatingWebhookConfiguration (SelfSigned). Default zz-accuracy-monitor-injector.</summary>
    [Required]
    public string WebhookConfiguration { get; set; } = "zz-accuracy-monitor-injector";

    /// <summary>How long a certificate that the injector makes is valid (SelfSigned), 1 h–3,650 d. Default 90 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Validity { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long before its end the next certificate is made, 10 min–3,650 d, less than <see cref="Validity"/>. Default 30 d.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3650.00:00:00")]
    public TimeSpan RenewBefore { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a new authority is published before its certificate is served, and how long the old one stays published afterwards, 0–1 d. Default
    /// 10 min. API servers notice a changed webhook configuration by a watch; replicas notice a changed Secret after <see cref="CheckInterval"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Overlap { get; set; } = TimeSpan.FromMinutes(10);
}

[OptionsValidator]
internal sealed partial class CertificateOptionsValidator : IValidateOptions<CertificateOptions>;

internal sealed class CertificateTimesValidator : IValidateOptions<CertificateOptions>
{
    public ValidateOptionsResult Validate(string? name, CertificateOptions options)
    {
        List<string> failures = [];
        if (options.Mode == CertificateMode.SelfSigned && options.RenewBefore + 2 * options.Overlap >= options.Validity)
        {
            failures.Add(
                $"Certificates:RenewBefore is '{options.RenewBefore}'; with twice Certificates:Overlap ({options.Overlap}) it must be less than "
                    + $"Certificates:Validity ({options.Validity}).");
        }

        if (options.Mode == CertificateMode.SelfSigned && options.Namespace.Length == 0 && PodNamespace.Read() is null)
        {
            failures.Add("Certificates:Namespace is ''; outside of a pod it must be set.");
        }

        if (options.Mode == CertificateMode.Files)
        {
            foreach (var (setting, file) in (
                (string, string)[])[(nameof(options.CertificateFile), options.CertificateFile), (nameof(options.KeyFile), options.KeyFile)])
            {
                if (!File.Exists(file))
                {
                    failures.Add($"Certificates:{setting} is '{file}'; there is no such file.");
                }
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

internal static class PodNamespace
{
    private const string File = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    /// <summary>Null: this is no pod.</summary>
    public static string? Read() => System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File).Trim() : null;
}
