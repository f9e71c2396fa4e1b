using System.Buffers.Binary;
using System.Text.Json;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// Reads the inputs out of the body of a request, by what it is: JSON with or without binary tensors, that packed, or protobuf with or without a frame.
/// Never throws for what it reads.
/// </summary>
internal static class RequestInputs
{
    /// <param name="body">Of one request.</param>
    /// <param name="maxBytes">Most bytes of an unpacked body, and most that the values read out of it take.</param>
    /// <param name="isTooLarge">It exceeds <paramref name="maxBytes"/>.</param>
    /// <returns>Null if it is no such request, or too large.</returns>
    public static IReadOnlyList<InputTensor>? Read(ReadOnlyMemory<byte> body, int maxBytes, out bool isTooLarge)
    {
        var budget = new InputBudget(maxBytes);
        isTooLarge = false;
        try
        {
            var isFramed = IsFramed(body.Span);
            var message = isFramed ? body[OpenInferenceDecoder.FramePrefix..] : body;
            var unpacking = Compression.TryUnpack(message, Compression.ByMagicNumber(message.Span), maxBytes, out var unpacked);
            isTooLarge = unpacking == CaptureFailure.TooLarge;
            return unpacking != CaptureFailure.None ? null
                : !isFramed && IsJson(unpacked.Span) ? JsonInputs.Read(unpacked, budget)
                : ProtobufInputs.Read(unpacked, budget);
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or FormatException or InvalidOperationException or OverflowException)
        {
            isTooLarge = budget.IsExceeded;
            return null;
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static bool IsFramed(ReadOnlySpan<byte> body) =>
        body.Length >= OpenInferenceDecoder.FramePrefix && body[0] <= 1
        && BinaryPrimitives.ReadUInt32BigEndian(body[1..]) == body.Length - OpenInferenceDecoder.FramePrefix;
}
