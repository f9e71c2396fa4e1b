using System.Text.Json;

namespace AccuracyMonitor.Hosting;

internal static class SettingFile
{
    /// <param name="path">Relative to the working directory, or absolute.</param>
    /// <param name="failure">Why the file cannot be used, with the line where it is not JSON; null: it can.</param>
    public static IConfigurationRoot? Read(string path, out string? failure)
    {
        var full = Path.GetFullPath(path);
        failure = Directory.Exists(full) ? $"--config: {full} is a folder."
            : !File.Exists(full) ? $"--config: {full} does not exist."
            : null;
        if (failure is not null)
        {
            return null;
        }

        try
        {
            return new ConfigurationBuilder().AddJsonFile(full, optional: false).Build();
        }
        catch (InvalidDataException e)
        {
            failure = $"--config: {full}{Explain(e.GetBaseException())}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = $"--config: {full} cannot be read: {e.Message}";
        }

        return null;
    }

    private static string Explain(Exception e)
    {
        if (e is not JsonException { LineNumber: { } line } json)
        {
            return $": {e.Message}";
        }

        // Both count from 0, and the message repeats them so.
        var message = json.Message.Split(" LineNumber:", 2)[0];
        return $", line {line + 1}, byte {(json.BytePositionInLine ?? 0) + 1}: {message}";
    }
}
