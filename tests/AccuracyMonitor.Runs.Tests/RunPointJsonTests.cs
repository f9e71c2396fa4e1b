using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Tests.Runs;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Tests;

public sealed class RunPointJsonTests
{
    [Fact]
    public async Task Write_AWindow_NamesAndOrderOfItsFieldsAreAnInterface()
    {
        var point = RunSamples.Point(50) with
        {
            Condition = "noise",
            Position = 1200,
            Answered = 80,
            Confidence = double.NaN,
            ValidityAlarm = new AlarmState { Firing = true, LogEvidence = double.PositiveInfinity },
        };

        (await WindowsAsync(point)).ShouldBe(
            """
              "windows": [
                {
                  "seconds": 50,
                  "condition": "noise",
                  "condition_index": 1,
                  "position": 1200,
                  "answered": 80,
                  "truth": 0.8,
                  "confidence": "NaN",
                  "label_free": null,
                  "label_free_lower": null,
                  "label_free_upper": null,
                  "label_free_state": "MonitorInvalid",
                  "labelled": 0.77,
                  "labelled_lower": 0.7,
                  "labelled_upper": 0.84,
                  "labelled_state": "Ok",
                  "audited": 0.79,
                  "audited_lower": 0.76,
                  "audited_upper": 0.8200000000000001,
                  "audited_state": "Ok",
                  "predictions": 22500,
                  "labels": 200,
                  "monitor_valid": false,
                  "monitor_version": "m1",
                  "accuracy_alarm": false,
                  "accuracy_evidence": 3,
                  "validity_alarm": true,
                  "validity_evidence": "Infinity",
                  "combined": 0.8,
                  "combined_lower": 0.78,
                  "combined_upper": 0.8200000000000001,
                  "combined_state": "Ok",
                  "answered_until": 45,
                  "answered_truth": 0.8
                }
              ]
            }
            """);
    }

    private static async Task<string> WindowsAsync(RunPoint point)
    {
        var path = Path.GetTempFileName();
        try
        {
            RunJson.Write(path, new DemoOptions(), RunSamples.Summary, [point]);
            var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            return text[text.LastIndexOf("  \"windows\": [", StringComparison.Ordinal)..];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
