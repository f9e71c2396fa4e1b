using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>
/// Inputs of exported requests as files beside the table. A file is named by a digest of its prediction: an id is chosen by an application and must not
/// name a path, and another export into the same folder must not put another input where an earlier table points.
/// </summary>
/// <param name="labels">Has the inputs.</param>
/// <param name="folder">For the files.</param>
/// <param name="table">The exported file, to which paths are relative.</param>
internal sealed class ExportedInputs(LabelService.LabelServiceClient labels, string folder, string table)
{
    private static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image/png"] = ".png",
        ["image/jpeg"] = ".jpg",
        ["image/webp"] = ".webp",
        ["audio/wav"] = ".wav",
        ["audio/mpeg"] = ".mp3",
        ["text/plain"] = ".txt",
        ["application/json"] = ".json",
    };

    /// <summary>Files written.</summary>
    public int Count { get; private set; }

    /// <returns>The path of the file that was written, relative to the table; null: no input is kept.</returns>
    public async Task<string?> WriteAsync(ListedRequest request, CancellationToken cancel)
    {
        GetInputResponse input;
        try
        {
            input = await labels.GetInputAsync(
                new GetInputRequest { Model = request.Model, Version = request.Version, PredictionId = request.PredictionId }, cancellationToken: cancel);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        Count++;
        var type = input.ContentType.Split(';')[0].Trim();
        var path = Path.Combine(folder, NameOf(request) + Endings.GetValueOrDefault(type, ".bin"));
        await using (var file = File.Create(path))
        {
            input.Content.WriteTo(file);
        }

        return Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(table))!, Path.GetFullPath(path));
    }

    /// <summary>The first half of SHA-256, in hexadecimal digits.</summary>
    private static string NameOf(ListedRequest request)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Model}\0{request.Version}\0{request.PredictionId}"));
        return Convert.ToHexStringLower(digest.AsSpan(0, digest.Length / 2));
    }
}
