using System.Globalization;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>
/// Where an annotator's browser finds the input of a request: the team's own store, or the bridge, whose addresses are signed and end.
/// </summary>
/// <param name="options">Template and lifetime.</param>
/// <param name="publicUrl">Public address of the bridge, without a slash at its end; empty if the bridge cannot be reached.</param>
/// <param name="key">Signs the addresses.</param>
/// <param name="time">The clock that addresses end by.</param>
internal sealed class InputAddresses(InputOptions options, string publicUrl, BridgeKey key, TimeProvider time)
{
    public const string Path = "/inputs";

    /// <summary>Stands for the address of an input that is stored with its request.</summary>
    public const string Stored = "stored:";

    /// <summary>Types that a browser shows or plays, and that run nothing.</summary>
    private static readonly string[] Shown =
    [
        "image/png", "image/jpeg", "image/webp", "image/gif", "audio/wav", "audio/mpeg", "audio/ogg", "audio/flac", "text/plain", "text/csv",
        "application/json",
    ];

    /// <summary>What browsers load, and what Label Studio resolves with its storages.</summary>
    private static readonly string[] Schemes = ["http", "https", "s3", "gs", "azure-blob"];

    /// <returns>An address, or <see cref="Stored"/>; empty: there is nothing that could be shown.</returns>
    public string Of(LabelItem item)
    {
        if (Uri.TryCreate(item.InputReference, UriKind.Absolute, out var reference) && Schemes.Contains(reference.Scheme, StringComparer.OrdinalIgnoreCase))
        {
            return item.InputReference;
        }

        return item.Input is { } input && CanServe(input.ContentType) ? Stored : options.Template
            .Replace("{prediction_id}", Uri.EscapeDataString(item.PredictionId), StringComparison.Ordinal)
            .Replace("{model}", Uri.EscapeDataString(item.Model), StringComparison.Ordinal)
            .Replace("{version}", Uri.EscapeDataString(item.Version), StringComparison.Ordinal);
    }

    /// <summary>Whether the bridge can show a stored input of this type.</summary>
    public bool CanServe(string contentType) => publicUrl.Length > 0 && Shown.Contains(MediaType(contentType), StringComparer.OrdinalIgnoreCase);

    /// <summary>Address of the input for a task.</summary>
    public string AddressOf(JournalItem item)
    {
        if (item.Input != Stored)
        {
            return item.Input;
        }

        var now = time.GetUtcNow();
        var latest = now + InputOptions.LongestLifetime;
        var expires = item.RequestExpires < latest ? item.RequestExpires : latest;
        var end = (expires > now + options.UrlLifetime ? expires : now + options.UrlLifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{publicUrl}{Path}/{item.Id}?exp={end}&sig={key.Sign(Signed(item, end))}";
    }

    /// <summary>Whether the bridge gave out this address, and it has not ended.</summary>
    public bool IsValid(JournalItem item, string? end, string? signature) =>
        long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds >= time.GetUtcNow().ToUnixTimeSeconds()
        && BridgeKey.AreEqual(signature, key.Sign(Signed(item, end)));

    /// <summary>Not the item's number alone: another journal may use it for another prediction.</summary>
    private static string Signed(JournalItem item, string end) => string.Join('\n', "input", item.Key.Model, item.Key.Version, item.Key.PredictionId, end);

    private static string MediaType(string contentType) => contentType.Split(';')[0].Trim();
}
