using System.Security.Cryptography;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Tests.Wire;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

/// <summary>Who may make monitors: the keys are files, and each signature is checked before anything of a monitor is read.</summary>
public sealed class MonitorSignaturesTests : IDisposable
{
    /// <summary><c>openssl ecparam -genkey -name prime256v1</c>, <c>openssl ec -pubout</c>.</summary>
    private const string OpenSslKey =
        """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkaKv1RZ0r4D/fga+n+IbFM/EdTbH
        RoyhWQk0K89S6yPI4iUoidNWWmqo7wrE+koZnbIBZoLW1bcC2HpkDcbmwg==
        -----END PUBLIC KEY-----
        """;

    /// <summary><c>printf monitor | openssl dgst -sha256 -sign key.pem | base64</c>.</summary>
    private const string OpenSslSignature = "MEQCIDRU3CftbfcTqW3R5Efn2hIj0UIjr1TSYE4NHo3Ll2ijAiBVYJLMA3KV8nYz1wnIPpDeI7KAgvhAYuW8h1/ypEvXcg==";

    private readonly string _folder = Directory.CreateTempSubdirectory("am-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("monitor", OpenSslSignature, null)]
    [InlineData("monitor", OpenSslSignature + "\n", null)]
    [InlineData("monitos", OpenSslSignature, "is of none of the 2 keys")]
    [InlineData("monitor", "AAAA", "is of none of the 2 keys")]
    [InlineData("monitor", "no base64", "is of none of the 2 keys")]
    [InlineData("monitor", " ", "is not signed")]
    public void A_signature_of_OpenSSL_is_checked_against_every_key(string file, string signature, string? problem)
    {
        using var signatures = new MonitorSignatures(
            Options.Create(new MonitorOptions { PublicKeys = [Written("own.pem", _key.ExportSubjectPublicKeyInfoPem()), Written("openssl.pem", OpenSslKey)] }));
        void Check() => signatures.Check(System.Text.Encoding.ASCII.GetBytes(file), signature);

        if (problem is null)
        {
            Should.NotThrow(Check);
        }
        else
        {
            Should.Throw<MonitorFileException>(Check).Message.ShouldContain(problem);
        }
    }

    [Fact]
    public void Every_file_that_holds_no_public_key_is_named_at_the_start()
    {
        var options = new MonitorOptions
        {
            Required = false,
            PublicKeys = [Written("good.pem", OpenSslKey), Written("text.pem", "no key"), Path.Combine(_folder, "missing.pem")],
        };

        var failures = new MonitorOptionsValidator().Validate(null, options).Failures!.ToArray();

        failures.Length.ShouldBe(2);
        failures[0].ShouldContain("text.pem'; it must be a PEM file with an elliptic-curve public key");
        failures[1].ShouldContain("missing.pem");
    }

    [Fact]
    public async Task A_registered_monitor_needs_a_signature_of_its_bytes()
    {
        await using var sidecar = await TestSidecar.StartAsync($"--Monitor:PublicKeys:0={Written("key.pem", _key.ExportSubjectPublicKeyInfoPem())}");
        var file = Monitor();

        (await RefusalAsync(sidecar, file, "")).ShouldBe("MONITOR_SIGNATURE_REFUSED");
        (await RefusalAsync(sidecar, [.. file, 0], Signed(file))).ShouldBe("MONITOR_SIGNATURE_REFUSED");
        (await sidecar.Monitors.RegisterMonitorAsync(Request(file, Signed(file)))).Monitor.Model.ShouldBe("m");
    }

    [Fact]
    public async Task A_configured_file_needs_its_signature_beside_it()
    {
        var path = Path.Combine(_folder, "monitor.onnx");
        await File.WriteAllBytesAsync(path, Monitor(), TestContext.Current.CancellationToken);
        string[] settings = [$"--Monitor:Artifact={path}", $"--Monitor:PublicKeys:0={Written("key.pem", _key.ExportSubjectPublicKeyInfoPem())}"];

        var refusal = await Should.ThrowAsync<MonitorFileException>(async () => await (await TestSidecar.StartAsync(settings)).DisposeAsync());
        refusal.Message.ShouldBe(
            $"Monitor file '{path}': The monitor is not signed, and Monitor:PublicKeys asks for a signature (a file beside it with the ending .sig).");

        Written("monitor.onnx.sig", Signed(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)) + "\n");
        await using var sidecar = await TestSidecar.StartAsync(settings);
        var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) });
        scored.MonitorVersion.ShouldNotBe("softmax");
    }

    private static byte[] Monitor()
    {
        var (shape, weights) = TernaryFile.Read(MonitorServiceTests.TernaryMonitor());
        return MonitorFile.Write(shape, weights.ToDense()).Onnx;
    }

    private static RegisterMonitorRequest Request(byte[] file, string signature) =>
        new() { Model = "m", Version = "1", Onnx = ByteString.CopyFrom(file), Signature = signature };

    private static async Task<string> RefusalAsync(TestSidecar sidecar, byte[] file, string signature)
    {
        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Monitors.RegisterMonitorAsync(Request(file, signature)));
        return error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason;
    }

    private string Signed(byte[] file) =>
        Convert.ToBase64String(_key.SignData(file, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private string Written(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
