using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Demo.Data;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Demo.ModelServer;

/// <summary>Settings of the model server: <c>--Server:File=…</c>, or Server__File in the environment.</summary>
internal sealed class ModelServerOptions
{
    public const string Section = "Server";

    /// <summary>The ONNX file that is served. Default: the demo's classifier.</summary>
    [Required]
    public string File { get; set; } = Path.Combine(DemoAssets.DefaultFolder, DemoAssets.ClassifierFile);

    /// <summary>Its name, 1–128 characters.</summary>
    [Required, StringLength(128)]
    public string Model { get; set; } = "fashion";

    /// <summary>Its version, 1–128 characters.</summary>
    [Required, StringLength(128)]
    public string Version { get; set; } = "1";

    /// <summary>Port for gRPC on the loopback address; 0 takes a free one and says which. Default 8001, Triton's.</summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; } = 8001;

    /// <summary>Port for REST on the loopback address; 0 takes a free one and says which. Default 8000, Triton's.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 8000;

    /// <summary>Stop when standard input closes: a server started by another process ends with it, however that one ended.</summary>
    public bool StopWithStandardInput { get; set; }
}

[OptionsValidator]
internal sealed partial class ModelServerOptionsValidator : IValidateOptions<ModelServerOptions>;
