using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What every sidecar gets unless annotations say otherwise.</summary>
internal sealed class InjectionOptions
{
    public const string Section = "Injection";

    /// <summary>The sidecar's image, with a tag other than <c>latest</c>, or a digest. Required.</summary>
    [Required]
    public string Image { get; set; } = "";

    /// <summary>IfNotPresent, Always or Never. Default IfNotPresent.</summary>
    [AllowedValues("IfNotPresent", "Always", "Never")]
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Auto: native from Kubernetes 1.29 on, plain before; Native; Plain. Default Auto.</summary>
    [EnumDataType(typeof(FormChoice))]
    public FormChoice Sidecar { get; set; } = FormChoice.Auto;

    /// <summary>
    /// User and group of the sidecar, 1–2,147,483,647; −1 leaves them to the image and the cluster. Default: 1654, the image's user. On OpenShift the
    /// default is −1, because every namespace there has users of its own. OpenShift is recognised by the API group <c>security.openshift.io/v1</c> or
    /// by the namespace's annotation <c>openshift.io/sa.scc.uid-range</c>.
    /// </summary>
    [Range(-1, int.MaxValue)]
    public int? RunAsUser { get; set; }

    /// <summary>
    /// Whether the name of the webhook configuration sorts after the names of all others that change pods; that of the chart does, and the chart sets
    /// this. What this webhook repairs is then not changed again. If false, a native sidecar that another webhook damaged becomes a plain one.
    /// Default false.
    /// </summary>
    public bool RunsLast { get; set; }

    /// <summary>CPU request of a sidecar, from 1m; empty: no request. Default 50m.</summary>
    public string CpuRequest { get; set; } = "50m";

    /// <summary>CPU limit of a sidecar, from 10m; empty: no limit. Default empty: a limit would delay the answers of a tap.</summary>
    public string CpuLimit { get; set; } = "";

    /// <summary>Memory request of a sidecar, from 64Mi; empty: no request. Default 192Mi.</summary>
    public string MemoryRequest { get; set; } = "192Mi";

    /// <summary>Memory limit of a sidecar, from 128Mi; empty: no limit. Default 512Mi.</summary>
    public string MemoryLimit { get; set; } = "512Mi";

    /// <summary>Port for metrics and probes, 1,024–65,535. Default 7701.</summary>
    [Range(1024, 65535)]
    public int HttpPort { get; set; } = 7701;

    /// <summary>The sink's port (mode sink), 1,024–65,535. Default 7702.</summary>
    [Range(1024, 65535)]
    public int SinkPort { get; set; } = 7702;

    /// <summary>Port of the tap's own probes (mode tap), 1,024–65,535. Default 7703.</summary>
    [Range(1024, 65535)]
    public int TapHealthPort { get; set; } = 7703;

    /// <summary>The tap's port for gRPC, 1,024–65,535. Default 7704.</summary>
    [Range(1024, 65535)]
    public int TapGrpcPort { get; set; } = 7704;

    /// <summary>The tap's port for REST, 1,024–65,535. Default 7705.</summary>
    [Range(1024, 65535)]
    public int TapHttpPort { get; set; } = 7705;

    /// <summary>Namespaces where nothing is injected, in addition to kube-system, kube-public and kube-node-lease. Default none.</summary>
    public string[] ExcludedNamespaces { get; set; } = [];

    /// <summary>Further settings of every sidecar, such as <c>Estimation:Windows:0=10m</c>. Annotations override them. Default none.</summary>
    public string[] Settings { get; set; } = [];
}

internal enum FormChoice
{
    Auto,
    Native,
    Plain,
}

[OptionsValidator]
internal sealed partial class InjectionOptionsValidator : IValidateOptions<InjectionOptions>;

/// <summary>What attributes can't say.</summary>
internal sealed class InjectionValuesValidator : IValidateOptions<InjectionOptions>
{
    public ValidateOptionsResult Validate(string? name, InjectionOptions options)
    {
        List<string> failures = [];
        Require(options.Image.Length == 0 || Names.IsPinnedImage(options.Image), nameof(options.Image), options.Image, RequestReader.ImageBound);
        Require(options.RunAsUser != 0, nameof(options.RunAsUser), "0", "-1, or 1 to 2147483647: the sidecar never runs as root");
        RequireQuantity(nameof(options.CpuRequest), options.CpuRequest, "1m");
        RequireQuantity(nameof(options.CpuLimit), options.CpuLimit, "10m");
        RequireQuantity(nameof(options.MemoryRequest), options.MemoryRequest, RequestReader.LeastMemoryRequest);
        RequireQuantity(nameof(options.MemoryLimit), options.MemoryLimit, RequestReader.LeastMemoryLimit);
        int[] ports = [options.HttpPort, options.SinkPort, options.TapHealthPort, options.TapGrpcPort, options.TapHttpPort];
        Require(ports.Distinct().Count() == ports.Length, nameof(options.HttpPort), options.HttpPort.ToString(
            System.Globalization.CultureInfo.InvariantCulture), "another than SinkPort, TapHealthPort, TapGrpcPort and TapHttpPort, which must differ too");
        for (var i = 0; i < options.Settings.Length; i++)
        {
            Require(IsSetting(options.Settings[i]), $"{nameof(options.Settings)}:{i}", options.Settings[i], "Section:Key=value");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool holds, string setting, string value, string bound)
        {
            if (!holds)
            {
                failures.Add($"{InjectionOptions.Section}:{setting} is '{value}'; it must be {bound}.");
            }
        }

        void RequireQuantity(string setting, string value, string least) =>
            Require(value.Length == 0
                || AnnotationReader.IsAtLeast(value, least), setting, value, $"a quantity such as 250m, 1 or 256Mi, at least {least}, or empty");
    }

    private static bool IsSetting(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && text[..at].Split(':') is { Length: >= 2 } parts
        && parts.All(static p => p.Length > 0 && p.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}
