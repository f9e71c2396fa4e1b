using System.IO.Compression;
using System.Text.Json;
using System.Text.Unicode;
using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>The inputs of one row as something that can be kept: a picture or text that one BYTES element holds, an array, several arrays, or JSON.</summary>
/// <param name="ContentType">A media type.</param>
internal sealed record RowInput(string ContentType, ReadOnlyMemory<byte> Content)
{
    /// <returns>Null if the inputs have not so many rows, or a type that is not read.</returns>
    public static RowInput? Of(IReadOnlyList<InputTensor> tensors, long row, long rows)
    {
        var cut = tensors.Select(t => t.Row(row, rows)).OfType<InputTensor>().ToList();
        if (cut.Count < tensors.Count)
        {
            return null;
        }

        return cut switch
        {
            [{ Elements: [var only] }] => new RowInput(TypeOf(only.Span), only),
            [{ Elements: null } one] => new RowInput(NpyFormat.ContentType, Npy(one)),
            _ when cut.All(static t => t.Elements is null) => new RowInput("application/x-npz", Npz(cut)),
            _ => new RowInput("application/json", Json(cut)),
        };
    }

    private static string TypeOf(ReadOnlySpan<byte> element) => element switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => "audio/wav",
        _ => Utf8.IsValid(element) ? "text/plain" : "application/octet-stream",
    };

    private static byte[] Npy(InputTensor tensor) => NpyFormat.Write(InputTensor.TypeOf(tensor.Datatype)!.Value.Type, tensor.Shape, tensor.Numbers.Span);

    private static byte[] Npz(List<InputTensor> tensors)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var tensor in tensors)
            {
                using var entry = archive.CreateEntry($"{tensor.Name}.npy", CompressionLevel.NoCompression).Open();
                entry.Write(Npy(tensor));
            }
        }

        return stream.ToArray();
    }

    /// <summary>Text under the names of its inputs; of numbers only the shape is told.</summary>
    private static byte[] Json(List<InputTensor> tensors)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var tensor in tensors)
            {
                json.WriteStartArray(tensor.Name);
                foreach (var element in tensor.Elements ?? [])
                {
                    if (Utf8.IsValid(element.Span))
                    {
                        json.WriteStringValue(element.Span);
                    }
                    else
                    {
                        json.WriteBase64StringValue(element.Span);
                    }
                }

                if (tensor.Elements is null)
                {
                    json.WriteStringValue($"{tensor.Datatype} [{string.Join(", ", tensor.Shape)}]");
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
