using System.Globalization;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>What the tap reads of an answer's headers and trailers.</summary>
internal sealed class AnswerHead
{
    public int Status { get; set; }

    /// <summary>content-encoding; null: none.</summary>
    public string? Encoding { get; private set; }

    /// <summary>grpc-encoding; null: none.</summary>
    public string? GrpcEncoding { get; private set; }

    public string? GrpcStatus { get; private set; }

    /// <summary>Inference-Header-Content-Length: where the JSON of a REST answer ends and its blobs begin; null: not said.</summary>
    public long? JsonLength { get; private set; }

    public long? ContentLength { get; private set; }

    public void Take(HeaderField field)
    {
        if (field.Is("grpc-status"u8))
        {
            GrpcStatus = field.Text;
        }
        else if (field.Is("grpc-encoding"u8))
        {
            GrpcEncoding = field.Text;
        }
        else if (field.Is("content-encoding"u8))
        {
            Encoding = field.Text;
        }
        else if (field.Is("content-length"u8))
        {
            ContentLength = Number(field);
        }
        else if (field.Is("inference-header-content-length"u8))
        {
            JsonLength = Number(field);
        }
        else if (field.Is(":status"u8))
        {
            Status = (int)(Number(field) ?? 0);
        }
    }

    private static long? Number(HeaderField field) =>
        long.TryParse(field.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
