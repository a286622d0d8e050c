package record

// epochSchema: a key with which the office seals from some time on. The record is
// named after the key (data/vault.EpochOf), so that two that are made apart are two.
func epochSchema() *Schema {
	return &Schema{Kind: Epoch, Name: "epoch", Fields: []Field{
		{Num: 1, Name: "since", Type: Moment, Group: "device"}, // said when all who remain have it: from then on it is used
		{Num: 2, Name: "without", Type: Texts, Group: "device"},
	}}
}

// epochKeySchema: that key, sealed to one device.
func epochKeySchema() *Schema {
	return &Schema{Kind: EpochKey, Name: "epoch_key", Entry: true, Fields: []Field{
		{Num: 1, Name: "device", Type: Text, Group: "device", Required: true},  // as its signing key is named
		{Num: 2, Name: "wrapped", Type: Text, Group: "device", Required: true}, // base64
	}}
}
