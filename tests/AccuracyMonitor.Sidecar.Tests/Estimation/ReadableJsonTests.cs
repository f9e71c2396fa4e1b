using System.Text.Json;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class ReadableJsonTests
{
    [Fact]
    public void Counts_are_numbers_and_false_and_zero_are_there()
    {
        var response = new ListEstimatesResponse
        {
            Estimates =
            {
                new WindowEstimate { Model = "m", Version = "\"1\"", Predictions = 12_345_678_901, Window = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)) },
            },
        };

        using var json = JsonDocument.Parse(ReadableJson.Of(response));

        var estimate = json.RootElement.GetProperty("estimates")[0];
        estimate.GetProperty("predictions").GetInt64().ShouldBe(12_345_678_901);
        estimate.GetProperty("labels").GetInt64().ShouldBe(0);
        estimate.GetProperty("monitorValid").GetBoolean().ShouldBeFalse();
        estimate.GetProperty("version").GetString().ShouldBe("\"1\"");
        estimate.GetProperty("window").GetString().ShouldBe("300s");
        estimate.TryGetProperty("start", out _).ShouldBeFalse("no time is no value");
        json.RootElement.GetProperty("running").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void Every_field_that_the_wire_has_is_there_with_its_value()
    {
        var estimate = new Estimate { Kind = EstimateKind.Audited, Value = 0.9, Lower = 0, Upper = double.PositiveInfinity };

        ReadableJson.Of(estimate).ShouldStartWith("{\"kind\":\"ESTIMATE_KIND_AUDITED\",\"state\":");
        ReadableJson.Of(estimate).ShouldContain("\"value\":0.9");
        ReadableJson.Of(estimate).ShouldContain("\"lower\":0,");
        ReadableJson.Of(estimate).ShouldContain("\"upper\":\"Infinity\"");
    }
}
