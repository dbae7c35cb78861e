namespace Guard.Client;

/// <summary>From which end the record is read.</summary>
public enum AuditOrder
{
    OldestFirst,
    NewestFirst,
}
