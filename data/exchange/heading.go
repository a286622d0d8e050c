package exchange

import (
	"strings"

	"paradero/data/record"
)

// Fields that a column may have beside those of the kind's schema. They never
// leave this package but through Column.Field and Options.Map.
const (
	fullName      = "full_name"             // surnames first, as lists have it
	fullGiven     = "full_name_given_first" // as people say it
	fullAny       = "full_name_any_order"   // the rows themselves show which
	surnames      = "surnames"              // both in one column
	penalty       = "penalty"               // "5 años 4 meses"
	statusField   = "status"
	deadMark      = "dead_mark" // a cross in a column of the dead
	injuredMark   = "injured_mark"
	hospital      = "hospital"
	note          = "note"
	ofID          = "detainee_id"
	ofCedula      = "detainee_cedula"
	ofPassport    = "detainee_passport"
	ofName        = "detainee_name"
	contactID     = "contact_id"
	contactCedula = "contact_cedula"
	contactPass   = "contact_passport"
	contactName   = "contact_name"
	leaveOut      = "-" // row numbers and the like
)

// names are the headings of people's names and papers. Each string is one
// heading as folded by headingKey; several are divided by a bar.
var names = map[string]string{
	fullName: "apellidos y nombres|apellidos nombres|apellido y nombre|apellidos y nombres completos|surname and given names|surnames and names",
	fullGiven: "nombres y apellidos|nombre y apellido|nombres apellidos|nombre y apellidos|nombres y apellidos completos|" +
		"given names and surnames|name and surname",
	fullAny:            "nombre completo|nombres completos|full name|nombre y apellidos completos|nomina|complete name",
	surnames:           "apellidos|surnames|surname|last name|last names|family name",
	"given_names":      "nombres|nombre|nombres propios|given name|first name|first names|name|names|primer nombre",
	"paternal_surname": "primer apellido|apellido paterno|apellido 1|1er apellido|apellido|ap paterno|a paterno|paterno|first surname",
	"maternal_surname": "segundo apellido|apellido materno|apellido 2|2do apellido|ap materno|a materno|materno|second surname",
	"aliases":          "alias|apodo|apodos|sobrenombre|nickname",
	"cedula": "cedula|ci|c i|c c|cc|cedula de identidad|cedula de ciudadania|cedula identidad|cedula ciudadania|no cedula|num cedula|" +
		"numero de cedula|nro cedula|identificacion|numero de identificacion|no identificacion|documento de identidad|documento|dni|id card|national id|cedula o pasaporte|ced",
	"passport": "pasaporte|passport|no pasaporte|numero de pasaporte|passport number",
	"birth": "f nacimiento|fecha nac|fecha de nacimiento|fec nacimiento|fec nac|f nac|nacimiento|fecha nacimiento|fnac|" +
		"date of birth|birth date|birthdate|dob|born",
	"sex":    "sexo|genero|sex|gender|sexo h m|sexo m f",
	leaveOut: "orden|ord|item|fila|row|no orden|id fila|ordinal|#|secuencial",
}

var detaineeWords = map[string]string{
	"age":         "edad|edad anos|anos de edad|age|edad actual",
	"nationality": "nacionalidad|pais|nationality|pais de origen",
	"ethnicity":   "etnia|autoidentificacion|autoidentificacion etnica|autodefinicion etnica|ethnicity",
	"language":    "idioma|lengua|language",
	"facility": "centro|cpl|cppl|crs|cdp|centro penitenciario|centro de privacion de libertad|centro de rehabilitacion social|carcel|prision|" +
		"establecimiento|centro de reclusion|centro carcelario|prison|centre|center|lugar de reclusion|centro actual|nombre del centro|unidad penitenciaria",
	"wing":              "pabellon|pab|ala|wing|bloque|pavilion|block|pabellon ala|modulo",
	"cell":              "celda|cell|cda|no celda|numero de celda",
	"security_level":    "nivel de seguridad|seguridad|security|maxima media minima",
	"legal_status":      "situacion juridica|situacion legal|estado juridico|estado procesal|condicion juridica|estatus juridico|legal situation|sit juridica|situacion procesal",
	"detained_on":       "fecha de detencion|f detencion|fecha de ingreso|f ingreso|fecha ingreso|ingreso|detencion|fecha de aprehension|detained on|detention date|date of detention|arrest date|fecha detencion",
	"offence":           "delito|tipo penal|infraccion|delitos|offence|offense|crime|causa penal|tipo de delito",
	"offence_date":      "fecha del delito|fecha de la infraccion|date of offence",
	"penalty_months":    "pena meses|pena en meses|meses de pena|penalty months|meses|pena impuesta meses|tiempo de pena meses",
	penalty:             "pena|pena impuesta|condena|tiempo de condena|sentencia anos meses|pena privativa de libertad|penalty|sentence|tiempo de pena|pena anos|pena en anos|anos de pena",
	"credited_days":     "dias abonados|dias acreditados|dias redimidos|rebajas|credited days|dias de rebaja",
	"final_judgment_on": "fecha de sentencia|fecha sentencia|sentencia ejecutoriada el|fecha ejecutoria|final judgment",
	"process_number": "proceso|numero de proceso|no proceso|no causa|causa|numero de causa|juicio|no juicio|expediente|process|case number|" +
		"proceso judicial|numero de juicio|no expediente|court number",
	"judge":             "juez|jueza|juez a|judge|juez jueza",
	"lawyer":            "abogado|abogada|defensor|defensor publico|lawyer|abogado defensor|abogado a",
	"height_cm":         "estatura|talla|altura|height|estatura cm",
	"marks":             "tatuajes|senas|senas particulares|marcas|cicatrices|tattoos|tatuajes y cicatrices|senales particulares",
	"health":            "enfermedad|enfermedades|salud|condicion de salud|estado de salud|diagnostico|health",
	"medication":        "medicacion|medicamentos|medicinas",
	"disability":        "discapacidad|porcentaje de discapacidad",
	"pregnancy":         "embarazo|embarazada|gestacion",
	"clothes_last_seen": "vestimenta|ropa",
	statusField: "estado|estado actual|situacion|condicion|novedad|status|life status|estado de la persona|fallecido herido|fallecidos heridos|" +
		"herido fallecido|muerto herido|condicion actual|estado vital|release status",
	deadMark:    "fallecido|fallecidos|muerto|fallecido si no|dead|occiso",
	injuredMark: "herido|heridos|herido si no|injured|lesionado",
	hospital:    "hospital|casa de salud|centro de salud|hospital de derivacion|trasladado a|lugar de atencion",
	note: "observaciones|observacion|obs|nota|notas|comentarios|comentario|remarks|notes|telefono|celular|parentesco|familiar|nombre del familiar|" +
		"contacto|direccion|telefono familiar|contacto familiar",
}

var contactWords = map[string]string{
	"phones": "telefono|celular|telefonos|movil|telefono celular|telefono convencional|telefono 1|telefono 2|celular 1|celular 2|phone|phones|" +
		"mobile|contacto telefonico|numero de telefono|telf|tel|fono|whatsapp|numero celular",
	"email":              "correo|correo electronico|email|e mail|mail",
	"address":            "direccion|domicilio|direccion domiciliaria|address|direccion de domicilio|lugar de residencia",
	"language":           "idioma|lengua|language",
	"preferred_channel":  "canal preferido|medio preferido|forma de contacto|preferred channel",
	"forbidden_channels": "canales prohibidos|no usar|forbidden channels",
	"safe_hours":         "horario|horas seguras|horario seguro|safe hours|hora de contacto",
	"form_of_address":    "tratamiento|form of address",
	ofID:                 "id ppl|id detenido|id del detenido",
	ofCedula: "cedula ppl|cedula detenido|cedula del detenido|cedula del ppl|ci ppl|c i ppl|cedula interno|cedula del interno|cedula privado de libertad|" +
		"cedula de la ppl|cedula de la persona privada de libertad|detainee id card|identificacion ppl|ced ppl|cedula pdl",
	ofPassport: "pasaporte ppl|pasaporte detenido|pasaporte del ppl",
	ofName: "ppl|nombre ppl|nombres ppl|detenido|nombre del detenido|nombre del ppl|apellidos y nombres ppl|apellidos y nombres del ppl|nombres y apellidos del ppl|" +
		"interno|nombre del interno|privado de libertad|persona privada de libertad|familiar detenido|nombre detenido|detainee|nombres y apellidos ppl",
	"kinship": "parentesco|vinculo|relacion|relationship|tie|relacion con el ppl|parentesco con el ppl|grado de parentesco|parentesco con ppl",
	note:      "observaciones|observacion|obs|nota|notas|comentarios|remarks|notes",
}

var relationshipWords = map[string]string{
	contactID: "id contacto|id familiar",
	contactCedula: "cedula|ci|c i|cedula familiar|cedula contacto|cedula del familiar|cedula del contacto|ci familiar|cedula del visitante|cedula visitante|" +
		"cedula solicitante",
	contactPass: "pasaporte|pasaporte familiar|pasaporte contacto",
	contactName: "nombre|nombres|familiar|contacto|contact|nombre del familiar|nombre familiar|nombre contacto|nombre del contacto|apellidos y nombres|nombres y apellidos|" +
		"apellidos y nombres familiar|nombres y apellidos del familiar|visitante|nombre completo",
	ofID:       contactWords[ofID],
	ofCedula:   contactWords[ofCedula],
	ofPassport: contactWords[ofPassport],
	ofName:     contactWords[ofName],
	"kinship":  contactWords["kinship"],
	"proof":    "documento que prueba|partida|prueba|respaldo",
	note:       contactWords[note],
	leaveOut:   names[leaveOut],
}

var claimWords = map[string]string{
	ofID:        "id|id ppl|who|quien|registro",
	ofCedula:    "cedula|ci|c i|identificacion|" + contactWords[ofCedula],
	ofPassport:  "pasaporte|passport",
	ofName:      "nombre|nombres|nombre completo|apellidos y nombres|nombres y apellidos|name|full name|" + contactWords[ofName],
	statusField: "estado|situacion|condicion|status|version|estado actual|que dice",
	"when":      "fecha|cuando|fecha y hora|date|fecha del reporte|fecha de la fuente|source date|dia",
	"source":    "fuente|source|quien dice|segun|origen|institucion",
	"evidence":  "evidencia|prueba|evidence|respaldo|sustento",
	"facility":  detaineeWords["facility"], "wing": detaineeWords["wing"], "cell": detaineeWords["cell"],
	"through":   "a traves de|por medio de|through|medio",
	"method":    "metodo|method|metodo de identificacion",
	"proof":     "documento|informe|proof|numero de informe|no informe",
	"authority": "autoridad|authority",
	"reason":    "motivo|reason|razon",
	leaveOut:    names[leaveOut],
}

var tollWords = map[string]string{
	"incident": "incidente|evento|incident|hecho|suceso",
	"category": "categoria|tipo|category|concepto|que cuenta",
	"count":    "cantidad|conteo|total|numero de personas|count|cifra|cuantos|valor",
	"unit":     "unidad|unit|unidad de conteo",
	"source":   claimWords["source"],
	"when":     claimWords["when"],
	"note":     contactWords[note],
	leaveOut:   names[leaveOut],
}

var remainsWords = map[string]string{
	"code":         "codigo|codigo de cadaver|codigo del cuerpo|code|body code|no protocolo|protocolo|etiqueta|codigo cuerpo|numero de cadaver",
	"morgue":       "morgue|centro forense|lugar|unidad forense",
	"found_at":     "fecha de levantamiento|levantamiento|fecha|found at|fecha del hallazgo|fecha de ingreso",
	"found_where":  "lugar de levantamiento|lugar del hallazgo|donde|found where|pabellon",
	"found_by":     "levantado por|found by|agente",
	"extent":       "tipo|extension|cuerpo o parte|extent|completo parte",
	"sex_apparent": "sexo|sexo aparente|sex",
	"age_apparent": "edad|edad aparente|age",
	"marks":        "tatuajes|senas|senas particulares|marcas|cicatrices|tattoos",
	"dental":       "dental|odontologia|odontograma",
	"effects":      "pertenencias|efectos|prendas|vestimenta|belongings|ropa",
	"state":        "estado|estado del cuerpo|condicion",
	"method":       claimWords["method"],
	"authority":    claimWords["authority"],
	"proof":        claimWords["proof"],
	leaveOut:       names[leaveOut],
}

var facilityWords = map[string]string{
	"name":     "nombre|centro|cpl|nombre del centro|facility|prison|establecimiento",
	"known_as": "conocido como|alias|otros nombres|known as",
	"province": "provincia|province",
	"capacity": "capacidad|capacidad instalada|plazas|capacity|aforo",
	"held":     "poblacion|ppl|internos|poblacion penitenciaria|held|population|ocupacion|numero de ppl",
	"as_of":    "fecha|al|as of|corte|fecha de corte",
	"address":  "direccion|address|ubicacion",
	"phone":    "telefono|phone",
	"note":     contactWords[note],
	leaveOut:   names[leaveOut],
}

// headings gives the folded headings of a kind of list.
func headings(kind record.Kind) map[string]string {
	t := map[string]string{}
	add := func(words map[string]string) {
		for field, list := range words {
			for _, w := range strings.Split(list, "|") {
				t[headingKey(w)] = field
			}
		}
	}
	switch kind {
	case record.Detainee:
		add(names)
		add(detaineeWords)
	case record.Contact:
		add(names)
		add(contactWords)
	case record.Relationship:
		add(relationshipWords)
	case record.Claim:
		add(claimWords)
	case record.Toll:
		add(tollWords)
	case record.Remains:
		add(remainsWords)
	case record.Facility:
		add(facilityWords)
	}
	delete(t, "")
	return t
}

// own says which field a heading names in so many words: given_names.
func own(kind record.Kind, heading string) (string, bool) {
	switch h := strings.ToLower(strings.TrimSpace(heading)); h {
	case fullName, fullGiven, surnames, penalty, hospital, note:
		if kind == record.Detainee || kind == record.Contact {
			return h, true
		}
	case ofID, ofCedula, ofPassport, ofName:
		if kind == record.Contact || kind == record.Relationship || kind == record.Claim {
			return h, true
		}
	case contactID, contactCedula, contactPass, contactName:
		return h, kind == record.Relationship
	case "kinship":
		return h, kind == record.Contact || kind == record.Relationship
	case "life_status", "release_status":
		return h, kind == record.Detainee
	case "incident":
		return h, kind == record.Toll
	default:
		s := record.SchemaOf(kind)
		if f, ok := s.Field(h); ok && f.Type != record.Ref && f.Type != record.Refs && h != "name_doubtful" {
			if kind == record.Claim && (h == "corrects" || h == "resolves" || h == "approved_by" || h == "proposed_by") {
				return "", false // a list takes nothing back and approves nothing
			}
			return h, true
		}
		if h == "name_doubtful" && (kind == record.Detainee || kind == record.Contact) {
			return h, true
		}
	}
	return "", false
}

// fillers are words of a heading that say nothing.
var fillers = map[string]bool{
	"de": true, "del": true, "la": true, "el": true, "los": true, "las": true, "of": true, "the": true, "no": true, "n": true,
	"nro": true, "num": true, "numero": true, "number": true, "y": true, "e": true, "o": true, "and": true, "or": true, "su": true,
}

// whose are words that say only whose list it is.
var whose = map[record.Kind]string{
	record.Detainee: " ppl pdl interno interna internos recluso recluida detenido detenida privado privada libertad persona inmate detainee prisoner prisionero ",
	record.Contact:  " familiar contacto contact solicitante visitante usuario usuaria persona pariente ",
}

var ordinals = strings.NewReplacer("º", " ", "ª", " ", "°", " ", "_", " ", "#", " ")

// headingKey folds a heading: "No. CÉDULA" and "numero de cedula" are one.
func headingKey(s string) string { return keyWithout(s, "") }

func keyWithout(s, more string) string {
	words := strings.Fields(record.Plain(ordinals.Replace(s)))
	out := words[:0]
	for _, w := range words {
		if !fillers[w] && !strings.Contains(more, " "+w+" ") {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// isNumbering reports whether a heading says "number" and nothing else: the
// rows are counted in that column.
func isNumbering(heading string) bool {
	switch strings.Trim(record.Plain(ordinals.Replace(heading)), " .") {
	case "n", "no", "nro", "num", "numero", "number":
		return true
	}
	return strings.Trim(heading, " .") == "#"
}

// match says which field a heading means; guessed is false when the caller's
// map says so.
func (t *Table) match(heading string, table map[string]string) (field string, guessed bool) {
	if len(heading) > 200 {
		return "", false
	}
	heading = record.CleanLine(heading)
	for h, f := range t.opt.Map {
		if strings.EqualFold(strings.TrimSpace(h), heading) || (headingKey(h) != "" && headingKey(h) == headingKey(heading)) {
			if f == "" {
				f = leaveOut
			}
			return f, false
		}
	}
	if f, ok := own(t.kind, heading); ok {
		return f, true
	}
	if f := table[headingKey(heading)]; f != "" {
		return f, true
	}
	if isNumbering(heading) && table["orden"] == leaveOut {
		return leaveOut, true
	}
	if more := whose[t.kind]; more != "" {
		if f := table[keyWithout(heading, more)]; f != "" {
			return f, true
		}
	}
	return "", false
}

// scoreHeading counts the different fields that a row of headings names.
func (t *Table) scoreHeading(cells []string) int {
	table := t.words()
	seen := map[string]bool{}
	for _, c := range cells {
		if f, _ := t.match(c, table); f != "" && f != leaveOut {
			seen[f] = true
		}
	}
	return len(seen)
}

func (t *Table) words() map[string]string {
	if t.table == nil {
		t.table = headings(t.kind)
	}
	return t.table
}

// readHeading decides each column; a field is taken once, save those that a
// list may spread over several columns.
func (t *Table) readHeading(cells []string) []Column {
	table := t.words()
	taken := map[string]bool{}
	cols := make([]Column, 0, len(cells))
	for _, c := range cells {
		col := Column{Heading: record.CleanLine(c)}
		f, guessed := t.match(c, table)
		if f != "" && (!taken[f] || f == note || f == "phones" || f == leaveOut) {
			taken[f] = true
			col.Field, col.Guessed = f, guessed
		}
		cols = append(cols, col)
	}
	// "NOMBRES" alone is the whole name; with surnames beside it, it is not.
	if t.kind == record.Detainee || t.kind == record.Contact {
		if taken["given_names"] && !taken[surnames] && !taken["paternal_surname"] && !taken["maternal_surname"] && !taken[fullName] && !taken[fullGiven] && !taken[fullAny] {
			for i := range cols {
				if cols[i].Field == "given_names" && cols[i].Guessed && !strings.EqualFold(cols[i].Heading, "given_names") {
					cols[i].Field = fullAny
				}
			}
		}
	}
	return cols
}
