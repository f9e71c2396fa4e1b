using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs;

/// <summary>Writes a window as one flat object. A number that was not published is null. Names are an interface: one may be added, none changed.</summary>
internal sealed class RunPointJson : JsonConverter<RunPoint>
{
    public override RunPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Windows are written only.");

    public override void Write(Utf8JsonWriter writer, RunPoint value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        Number(writer, "seconds", value.At.TotalSeconds);
        writer.WriteString("condition", value.Condition);
        writer.WriteNumber("condition_index", value.ConditionIndex);
        writer.WriteNumber("position", value.Position);
        writer.WriteNumber("answered", value.Answered);
        Published(writer, "truth", value.Truth);
        Number(writer, "confidence", value.Confidence);
        Estimate(writer, "label_free", value.LabelFree);
        Estimate(writer, "labelled", value.Labelled);
        Estimate(writer, "audited", value.Audited);
        writer.WriteNumber("predictions", value.Predictions);
        writer.WriteNumber("labels", value.Labels);
        writer.WriteBoolean("monitor_valid", value.MonitorValid);
        writer.WriteString("monitor_version", value.MonitorVersion);
        Alarm(writer, "accuracy", value.AccuracyAlarm);
        Alarm(writer, "validity", value.ValidityAlarm);
        Estimate(writer, "combined", value.Combined);
        Published(writer, "answered_until", value.AnsweredUntil?.TotalSeconds ?? double.NaN);
        Published(writer, "answered_truth", value.AnsweredTruth);
        writer.WriteEndObject();
    }

    private static void Estimate(Utf8JsonWriter writer, string name, PublishedNumber estimate)
    {
        Published(writer, name, estimate.Value);
        Published(writer, name + "_lower", estimate.Lower);
        Published(writer, name + "_upper", estimate.Upper);
        writer.WriteString(name + "_state", estimate.State.ToString());
    }

    private static void Alarm(Utf8JsonWriter writer, string name, AlarmState alarm)
    {
        writer.WriteBoolean(name + "_alarm", alarm.Firing);
        Number(writer, name + "_evidence", alarm.LogEvidence);
    }

    private static void Published(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>JSON has no number for NaN and infinity: they are written as their names.</summary>
    private static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
